export type { SignableRequest } from './attempt.ts';
export { type HmacSignerOptions, hmacSigner } from './hmac-signer.ts';
export type { PublishHost } from './host.ts';
export { PublishError, type PublishErrorCode } from './publish-error.ts';
export { createPublisher, type Publisher } from './publisher.ts';
export type { PublisherOptions } from './publisher-options.ts';
export type { Problem, PublishResult, RejectedView, View } from './view.ts';
