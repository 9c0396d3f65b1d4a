/** Where all stand-ins listen, for OUTGOING_ALLOWED_ADDRESSES. */
export const LOOPBACK = '127.0.0.0/8,::1';
