/** Loaded before a process: SIGWINCH sets its clock ahead by a month, and once more, back again. */
const Machine = Date;
const MONTH = 30 * 86_400_000;
let ahead = 0;
process.on('SIGWINCH', () => {
  ahead = ahead === 0 ? MONTH : 0;
});

class SetDate extends Machine {
  constructor(...given: [] | [number | string | Date]) {
    if (given.length === 0) super(Machine.now() + ahead);
    else super(...(given as [number]));
  }
  static override now(): number {
    return Machine.now() + ahead;
  }
}
globalThis.Date = SetDate as DateConstructor;
