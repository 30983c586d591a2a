export const CHANNELS = ['MAIL', 'WECOM', 'DINGTALK', 'FEISHU'] as const;
export type Channel = (typeof CHANNELS)[number];
export const ROBOTS = ['WECOM', 'DINGTALK', 'FEISHU'] as const;
export type Robot = (typeof ROBOTS)[number];

/**
 * How one handing over of a message went. SENT: the other side took it. RETRY: it certainly did not arrive and may later
 * (`afterMs`: the other side says when). REFUSED: it did not arrive and will not. DOUBT: it may have arrived.
 */
export type Outcome = 'SENT' | 'RETRY' | 'REFUSED' | 'DOUBT';
export interface Sent {
  outcome: Outcome;
  /** What the other side said, or what went wrong; never a secret. */
  answer: string;
  afterMs?: number;
}

/** No sending takes longer than this, from the first byte to the last: well within the lease of a message under way. */
export const PATIENCE_MS = 30_000;
