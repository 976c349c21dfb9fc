/** One message to one recipient. */
export interface Mail {
  /** The Message-ID header, angle brackets included; the same on every attempt. */
  messageId: string;
  to: { name: string; address: string };
  subject: string;
  text: string;
  html: string;
  replyTo?: { name: string; address: string };
  /** Written to a file whatever the settings say: its recipient is invented. */
  demo: boolean;
}

export interface Mailer {
  /** Resolves when the message was taken over (by the SMTP server, or as a file); rejects otherwise. */
  send(mail: Mail): Promise<void>;
  close(): Promise<void>;
}
