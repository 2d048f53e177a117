import { describeExample } from '../../support/clients/follows-rotation.ts';

describeExample('go', ['go']);
