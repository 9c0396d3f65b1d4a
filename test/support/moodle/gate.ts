/** Holds whoever awaits `opened` until the test opens it. */
export class Gate {
  private readonly promise = Promise.withResolvers<void>();

  get opened(): Promise<void> {
    return this.promise.promise;
  }

  open(): void {
    this.promise.resolve();
  }
}
