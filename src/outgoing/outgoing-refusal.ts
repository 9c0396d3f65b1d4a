/** A call that was not made: nothing was sent, and nothing will be until somebody changes an address or a setting. */
export class OutgoingRefusal extends Error {
  /** @param message names what was asked for, and not what it resolves to: that is nobody's business who asks */
  constructor(
    readonly code: 'address_refused' | 'not_https',
    message: string,
  ) {
    super(message);
  }
}
