import { isForward } from './reach.ts';
import {
  edges,
  type Facts,
  initialState,
  type ProgramMachines,
  type Region,
  type Rule,
} from './region.ts';

/**
 * The rules that would have kept a region from a state, had all else always been as `facts` tell it:
 * of the ways that lead there from its beginning, those of the way with the fewest. None when the
 * charts alone could have brought it there.
 */
export function rulesAgainst(
  { rules }: ProgramMachines,
  region: Region,
  state: string,
  facts: Facts,
): readonly Rule[] {
  const ways = new Map<string, readonly Rule[]>([[initialState(region), []]]);
  const forward = edges(region).filter(({ type }) => isForward(region.events[type]!));
  for (let shorter = true; shorter; ) {
    shorter = false;
    for (const { from, to, guard } of forward) {
      const way = ways.get(from);
      if (!way) continue;
      const rule = guard === null ? undefined : rules[guard];
      const longer = rule && !rule.holds(facts) ? [...way, rule] : way;
      const known = ways.get(to);
      if (known && known.length <= longer.length) continue;
      ways.set(to, longer);
      shorter = true;
    }
  }
  return [...new Set(ways.get(state))];
}

/**
 * The events on the shortest forward way from a state to one in which `type` can be sent, guards left
 * aside: none when it can be sent there; null when no way leads to it without passing the school by.
 */
export function wayTo(region: Region, from: string, type: string): readonly string[] | null {
  const forward = edges(region).filter(
    (edge) => isForward(region.events[edge.type]!) && !region.states[edge.to]?.doesNotApply,
  );
  const ways = new Map<string, readonly string[]>([[from, []]]);
  // A map hands out what is added to it while it is walked, so nearer states come first.
  for (const [state, way] of ways) {
    const leaving = forward.filter((edge) => edge.from === state);
    if (leaving.some((edge) => edge.type === type)) return way;
    for (const { to, type: step } of leaving) if (!ways.has(to)) ways.set(to, [...way, step]);
  }
  return null;
}
