import SMTPConnection from 'nodemailer/lib/smtp-connection';
import { hasSlept, watchSleep } from '../awake.ts';

/** The members of a connection of nodemailer that tell of time-outs. */
interface Timed {
  options: { connectionTimeout?: number; greetingTimeout?: number; socketTimeout?: number };
  _socket: { setTimeout(milliseconds: number): void } | false;
  _onError(error: Error, type: string, ...more: unknown[]): unknown;
  _startPhase(milliseconds: number, error: Error): void;
}

let isPatient = false;

/**
 * Makes connections to mail servers look at the socket once more before they give up, if the process
 * has slept meanwhile: what the server has said lies there unread, above all that it has taken the
 * mail, which would otherwise be sent twice. Each then has its whole time again.
 *
 * Nodemailer has no place for it, so it is put around the one function through which all its time-outs
 * go; one that lacks it stops the start.
 */
export function bePatientAfterSleep(): void {
  if (isPatient) return;
  isPatient = true;
  watchSleep();
  const connection = SMTPConnection.prototype as unknown as Timed;
  const giveUp = connection._onError;
  if (typeof giveUp !== 'function' || typeof connection._startPhase !== 'function')
    throw new Error('This release of nodemailer tells of time-outs in another way.');
  connection._onError = function (this: Timed, error, type, ...more) {
    const { connectionTimeout = 0, greetingTimeout = 0, socketTimeout = 0 } = this.options;
    const isSocket = error.message === 'Timeout';
    const time = isSocket ? socketTimeout : Math.max(connectionTimeout, greetingTimeout);
    if (type !== 'ETIMEDOUT' || !this._socket || !hasSlept(time))
      return giveUp.call(this, error, type, ...more);
    if (isSocket) return this._socket.setTimeout(socketTimeout);
    return this._startPhase(time, error);
  };
}
