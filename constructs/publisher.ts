import type { Construct } from 'constructs';
import { ClientWorkload, type ClientWorkloadProps } from './client-workload.ts';

export interface PublisherProps extends ClientWorkloadProps {
  /** Name of the Deployment, its `app` label and its service account. @default 'nats-publisher' */
  readonly name?: string;
  /** Subject that it publishes to, without wildcards. */
  readonly subject: string;
  /** Stream that stores the subject and acknowledges each message. @default - core NATS, without acknowledgements */
  readonly stream?: string;
}

/** A workload that publishes: one numbered message each second, or your own application when `image` is given. */
export class Publisher extends ClientWorkload {
  /** @throws InvalidInput if a name, the subject or the image is invalid */
  constructor(scope: Construct, id: string, props: PublisherProps) {
    super(scope, id, props, {
      owner: 'Publisher',
      defaultName: 'nats-publisher',
      subject: props.subject,
      script: props.stream === undefined ? 'publish' : 'publish-stream',
      // Publishing to the subject is all that it asks; the acknowledgement comes to its inbox.
      api: props.stream === undefined ? undefined : [],
    });
  }
}
