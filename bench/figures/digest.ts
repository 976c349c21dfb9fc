import { renderDigest } from '../../src/digests/digest.ts';
import { english } from '../../src/digests/messages.en.ts';
import type { DigestModel, Item, OtherEnd } from '../../src/digests/model.ts';
import type { Group } from '../figure.ts';
import { alternate, processorRateOf, timed } from '../rounds.ts';

const ITEMS = 40;
const ROUNDS = 9;
const DIGESTS = 300;
const PUBLIC_URL = 'https://plans.example.org';

export const digests: Group = {
  bounds: [{ name: 'digest', unit: 'ms', atLeast: 1, aim: 0.5, atMost: true, absolute: true }],
  method: `digest: one digest of ${ITEMS} things at three schools put into words, as text and HTML, against the same strings joined, by the processor's time.`,
  async measure(bench) {
    const model = modelOf(ITEMS);
    const { subject, text, html } = renderDigest(model, PUBLIC_URL, english);
    const pieces = [subject, text, html].flatMap((part) => part.split(/(?<=\n)/));
    bench.say(`measuring digests of ${ITEMS} things`);
    let length = 0;
    const side = (make: () => number) => async () =>
      processorRateOf(DIGESTS, () => {
        length += make();
      });
    const rates = await alternate(
      {
        ours: side(() => renderDigest(model, PUBLIC_URL, english).html.length),
        limit: side(() => pieces.join('').length),
      },
      ROUNDS,
    );
    if (length === 0) throw new Error('The digests were empty.');
    return [timed('digest', rates.ours, rates.limit)];
  },
};

const WAIT: OtherEnd = {
  roles: ['State Board of Education'],
  title: 'Release the planning allocations',
  taskId: '019ab3c4-5d6e-7f80-9a1b-000000000999',
  own: false,
};

/** Things of every section at three schools, each with a title and a date of its own. */
function modelOf(items: number): DigestModel {
  const things = Array.from({ length: items }, (_, at): Item => {
    const day = String((at % 28) + 1).padStart(2, '0');
    return {
      taskId: `019ab3c4-5d6e-7f80-9a1b-${String(at).padStart(12, '0')}`,
      title: `Submit the quarterly expenditure report & all that belongs to it, no. ${at}`,
      role: 'Principal',
      own: true,
      kind: at % 2 === 0 ? 'deadline' : 'expected',
      dueOn: `2027-02-${day}`,
      safeBy: at % 3 === 0 ? `2027-02-${day}` : null,
      daysLeft: at - 10,
      version: 1,
      waitsOn: at % 5 === 0 ? [WAIT] : [],
    };
  });
  const names = ['Oak High School', 'Elm Elementary <School>', 'Łódź & Sons Academy'];
  return {
    name: 'Ada Example',
    on: '2027-02-11',
    unit: 'school',
    unset: [],
    refused: [],
    organizations: names.map((name, at) => {
      const own = things.filter((_, i) => i % names.length === at);
      return {
        planningYearId: `y${at}`,
        name,
        code: `98-90${at}`,
        waitingOnYou: [],
        late: own.filter(({ daysLeft }) => daysLeft! < 0),
        due: own.filter(({ daysLeft }) => daysLeft! >= 0 && daysLeft! < 14),
        month: own.filter(({ daysLeft }) => daysLeft! >= 14 && daysLeft! < 25),
        waiting: own.filter(({ daysLeft }) => daysLeft! >= 25),
        unreached: [],
      };
    }),
    programs: ['Planning year of a Comprehensive school'],
    roles: ['Principal', 'School Improvement Coordinator'],
    agencies: ['State Board of Education'],
    coordinator: null,
    optionalKinds: null,
  };
}
