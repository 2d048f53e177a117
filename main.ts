import { synth } from 'nats-mtls';
import { topology } from './topology.ts';

synth(topology);
