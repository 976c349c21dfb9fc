import { expect, test } from '@jest/globals';
import { askForged, routes } from '../sign-in/support/forged-addresses.ts';

test.each(routes)(
  '10,000 forged forwarding addresses fall into one bucket, %s',
  async (...route) => {
    const { passed, putOff } = await askForged(10_000, route);
    process.stdout.write(
      `10,000 forged addresses, ${route[0]}: ${passed} passed, ${putOff} put off\n`,
    );
    expect({ passed, putOff }).toEqual({ passed: 50, putOff: 9_950 });
  },
);
