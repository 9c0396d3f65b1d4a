import type { Request } from 'express';

const NOTHING = Buffer.alloc(0);

/** The body as it came, after decompression. */
export const rawBodyOf = (request: Request): Buffer => (Buffer.isBuffer(request.body) ? request.body : NOTHING);
