import { describeExample } from '../../support/clients/follows-rotation.ts';

describeExample('typescript', []);
