import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';

/** How a mail server may behave, each as one sees it in the world. */
export const moods = [
  'well',
  '421',
  '450 greylist',
  '451',
  '452',
  '535',
  '550',
  '552',
  '554',
  'no banner',
  'stall after RCPT',
  'TLS failure',
  'drop in DATA',
  'drop after the dot',
  'connection refused',
] as const;
export type Mood = (typeof moods)[number];

/** What such a server says to RCPT TO. */
const TO_RECIPIENTS: Partial<Record<Mood, string>> = {
  '421': '421 4.3.2 Service not available, closing transmission channel',
  '450 greylist': '450 4.2.0 Greylisted, try again in five minutes',
  '451': '451 4.3.0 Local error in processing',
  '452': '452 4.2.2 Mailbox full, try again later',
  '550': '550 5.1.1 User unknown',
  '552': '552 5.2.2 Mailbox full',
  '554': '554 5.1.2 No such domain',
};

/** Where a mail stands, as the server sees it. */
export type Point = 'before the dot' | 'before the 250' | 'after the 250';

export interface Taken {
  to: string;
  messageId: string;
}

/**
 * A real mail server on a real port, whose mood can be changed at any moment. `taken` holds what it
 * has said 250 to, or, in the mood of dropping after the dot, would have.
 */
export async function startMoodyServer({
  delayMs = 0,
  on = () => {},
}: {
  delayMs?: number;
  on?: (point: Point) => void;
} = {}) {
  const taken: Taken[] = [];
  const sockets = new Set<Socket>();
  let mood: Mood = 'well';
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    // A client that goes away in mid-sentence is the client's business.
    socket.on('error', () => {});
    talk(
      socket,
      () => mood,
      (one) => taken.push(one),
      delayMs,
      on,
    );
  });
  const listen = async (port: number) => {
    server.listen(port, '127.0.0.1');
    await once(server, 'listening');
  };
  const silence = () => {
    const closed = new Promise<void>((resolve) => server.close(() => resolve()));
    for (const socket of sockets) socket.destroy();
    return closed;
  };
  await listen(0);
  const { port } = server.address() as AddressInfo;
  return {
    port,
    url: `smtp://127.0.0.1:${port}`,
    urlWithUser: `smtp://user:secret@127.0.0.1:${port}`,
    taken,
    async be(next: Mood) {
      const was = mood;
      mood = next;
      if (next === 'connection refused') await silence();
      else if (was === 'connection refused') await listen(port);
      // A connection that was opened in another mood would not show this one.
      else for (const socket of sockets) socket.destroy();
    },
    stop: async () => {
      if (server.listening) await silence();
    },
  };
}

function talk(
  socket: Socket,
  mood: () => Mood,
  take: (taken: Taken) => void,
  delayMs: number,
  on: (point: Point) => void,
): void {
  const say = (line: string) => {
    if (socket.writable) socket.write(`${line}\r\n`);
  };
  let to = '';
  let data: string | null = null;
  let rest = '';
  if (mood() === 'no banner') return;
  say('220 mail.example.org ESMTP');
  socket.on('data', (chunk) => {
    rest += chunk.toString('latin1');
    for (let end = rest.indexOf('\r\n'); end !== -1; end = rest.indexOf('\r\n')) {
      const line = rest.slice(0, end);
      rest = rest.slice(end + 2);
      if (data === null) command(line);
      else if (line === '.') dot(data);
      else data += `${line}\n`;
    }
    if (data !== null && mood() === 'drop in DATA') socket.destroy();
  });

  function command(line: string): void {
    const verb = line.slice(0, 4).toUpperCase();
    switch (verb) {
      case 'EHLO':
        for (const one of ['250-mail.example.org', '250-AUTH PLAIN LOGIN', ...tls()]) say(one);
        break;
      case 'STAR':
        say('220 Ready to start TLS');
        socket.write('This is no TLS.\r\n');
        break;
      case 'AUTH':
        say(mood() === '535' ? '535 5.7.8 Credentials invalid' : '235 2.7.0 Welcome');
        break;
      case 'RCPT':
        to = /<([^>]*)>/.exec(line)?.[1] ?? '';
        if (mood() !== 'stall after RCPT') say(TO_RECIPIENTS[mood()] ?? '250 2.1.5 Ok');
        if (mood() === '421') socket.end();
        break;
      case 'DATA':
        data = '';
        say('354 Go ahead');
        on('before the dot');
        break;
      case 'QUIT':
        say('221 2.0.0 Bye');
        socket.end();
        break;
      default:
        say('250 2.0.0 Ok');
    }
  }

  function tls(): string[] {
    return mood() === 'TLS failure' ? ['250-STARTTLS', '250 8BITMIME'] : ['250 8BITMIME'];
  }

  function dot(text: string): void {
    data = null;
    const one = { to, messageId: /^Message-ID: *(\S+)/im.exec(text)?.[1] ?? '' };
    take(one);
    on('before the 250');
    if (mood() === 'drop after the dot') return void socket.destroy();
    setTimeout(() => {
      say('250 2.0.0 Queued');
      on('after the 250');
    }, delayMs);
  }
}
