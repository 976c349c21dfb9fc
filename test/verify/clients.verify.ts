import { expect, test } from '@jest/globals';
import { postByClients } from '../planning-years/support/clients.ts';

test('16 clients post 10,000 events to 4 years, and none is refused falsely', async () => {
  const replies = await postByClients(10_000);
  process.stdout.write(
    `clients: 10,000 events by 16 clients to 4 years: ${JSON.stringify(replies)}\n`,
  );
  expect(replies).toEqual({ 201: 10_000 });
});
