import { chronicleOf } from './chronicle.ts';
import { type Figures, figuresOf } from './figures.ts';
import type { SimulationOptions } from './options.ts';
import { type Outcome, outcomeOf } from './outcome.ts';
import type { Character } from './people.ts';
import { type Following, type Played, playYear } from './play.ts';
import { type Slip, slipBetween } from './slip.ts';
import { openStage, type StageOptions } from './stage.ts';

/** What a simulation tells. All that may differ between two runs of one seed stands in `timing`. */
export interface Simulation extends Figures, Outcome {
  simulation: Omit<SimulationOptions, 'program'> & {
    program: string;
    from: string;
    to: string;
    people: Record<Character, number>;
  };
  trace: string;
  /** With `--late`: compared with the same year without it, whose trace is `traceWithout`. */
  slip?: Slip & { traceWithout: string };
  timing: Timing;
}

export interface Timing {
  seconds: number;
  schoolsPerSecond: number;
  /** Seconds by what was waited for; they do not add up to the whole. */
  phases: Record<string, number>;
  peakMemoryMb: number;
}

/** Plays the year, and with `late` the same year without it before. */
export async function simulate(
  options: SimulationOptions,
  stage: StageOptions,
  following: Following = {},
): Promise<Simulation> {
  const { late } = options;
  if (!late) return playOnce(options, stage, following);
  const { progress } = following;
  const half = (from: number) => (part: number, date: string) => progress?.(from + part / 2, date);
  const without = await playOnce({ ...options, late: null }, stage, {
    ...following,
    progress: half(0),
  });
  const with_ = await playOnce(options, stage, { ...following, progress: half(0.5) });
  const slip = { ...slipBetween(late, without, with_), traceWithout: without.trace };
  return { ...with_, slip };
}

async function playOnce(
  options: SimulationOptions,
  stageOptions: StageOptions,
  following: Following,
): Promise<Simulation> {
  const stage = await openStage(stageOptions);
  try {
    const played = await playYear(stage, options, following);
    const chronicle = await played.watch.time('chronicle', () => chronicleOf(stage, played));
    return {
      simulation: headOf(played),
      ...figuresOf(played, chronicle),
      ...outcomeOf(played, chronicle),
      trace: chronicle.trace,
      timing: timingOf(played),
    };
  } finally {
    await stage.close();
  }
}

function headOf({ program, options, releasedOn, until, posts }: Played): Simulation['simulation'] {
  const people: Record<Character, number> = { prompt: 0, late: 0, absent: 0, leaving: 0 };
  for (const { person } of posts.flatMap(({ tenures }) => tenures)) people[person.character] += 1;
  return { ...options, program: program.id, from: releasedOn, to: until, people };
}

function timingOf({ watch, years }: Played): Timing {
  const { total: seconds, phases } = watch;
  return {
    seconds,
    schoolsPerSecond: Math.round((years.length / seconds) * 100) / 100,
    phases,
    // Of the process since its start, in kilobytes.
    peakMemoryMb: Math.round(process.resourceUsage().maxRSS / 1024),
  };
}
