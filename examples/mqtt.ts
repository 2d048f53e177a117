import type { Topology } from '../model/topology.ts';

/**
 * Devices in a plant speak MQTT to the plant's own leaf, at its address in the plant's network. What the thermometer
 * publishes reaches the head office over the link, and what the head office says reaches the valve. While the link is
 * cut, the plant's own devices still hear each other.
 */
export const topology: Topology = {
  brokerCluster: {
    name: 'office',
    address: '203.0.113.7',
    issuer: 'office-issuer',
    publishers: [{ name: 'control', user: 'control', subject: 'plant.line1.valve.set' }],
    subscribers: [{ name: 'recorder', user: 'recorder', subject: 'plant.>' }],
  },
  leafClusters: [
    {
      name: 'plant',
      address: '198.51.100.7',
      issuer: 'plant-issuer',
      jetStream: { storage: { size: '1Gi' } },
      mqtt: {
        addresses: ['192.0.2.10', 'gateway.plant.example'],
        devices: [
          {
            name: 'thermometer',
            networks: ['192.0.2.0/24'],
            publish: ['plant/line1/temperature'],
          },
          {
            name: 'valve',
            networks: ['192.0.2.0/24'],
            publish: ['plant/line1/valve'],
            subscribe: ['plant/line1/valve/#', 'plant/+/temperature'],
          },
        ],
      },
    },
  ],
};
