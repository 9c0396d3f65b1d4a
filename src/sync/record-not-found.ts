/** No such thing in the tenant. */
export class RecordNotFound extends Error {}
