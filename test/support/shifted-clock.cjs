// node --require shifted-clock.cjs …, with CLOCK_AHEAD_SECONDS: the time of day is so much later, or earlier, than it is.
const ahead = Number(process.env.CLOCK_AHEAD_SECONDS) * 1_000;
const RealDate = Date;

class ShiftedDate extends RealDate {
  constructor(...parts) {
    if (parts.length === 0) super(RealDate.now() + ahead);
    else super(...parts);
  }

  static now() {
    return RealDate.now() + ahead;
  }
}

globalThis.Date = ShiftedDate;
