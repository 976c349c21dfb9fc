/** One message to one recipient. */
export interface Mail {
  /** The Message-ID header, angle brackets included; the same on every attempt. */
  messageId: string;
  /** The moment of sending by the program's clock: the Date header. */
  date: Date;
  to: MailAddress;
  subject: string;
  text: string;
  html: string;
  replyTo?: MailAddress;
  /** More headers by name, such as `List-Unsubscribe`; none of those that this room sets itself. */
  headers?: Readonly<Record<string, string>>;
  /** An iCalendar text (RFC 5545), attached as `deadlines.ics`. */
  calendar?: string;
  /** Written to a file whatever the settings say: its recipient is invented. */
  demo: boolean;
}

export interface MailAddress {
  name: string;
  address: string;
}

export interface Mailer {
  /**
   * Resolves when the message was taken over (by the SMTP server, or as a file); rejects otherwise.
   *
   * @throws MailRefusedError when a header could be broken out of; trying again would not help
   */
  send(mail: Mail): Promise<void>;
  close(): Promise<void>;
}
