import { UnprocessableError } from '../errors.ts';
import type { Rejected } from '../http/csv.ts';
import { inTurns } from '../turns.ts';
import { type ContractLine, OUT_OF_ORDER } from './read-contracts.ts';
import { isInOrder } from './schemas.ts';

/** The dates of a contract. */
export interface Terms {
  proposedOn: string;
  signedOn: string | null;
  to: string | null;
}

/** A planning year that contracts may be for. */
export interface CoveredYear {
  id: string;
  year: string;
  organizationCode: string;
  districtCode: string;
}

/** What a file of contracts is held against. */
export interface Known {
  /** Names by code. */
  vendors: ReadonlyMap<string, string>;
  /** Codes of other organizations. */
  taken: ReadonlySet<string>;
  years: readonly CoveredYear[];
  /** By {@link placeOf}. */
  contracts: ReadonlyMap<string, Terms & { id: string }>;
}

export interface ContractChange extends Terms {
  /** The row that brings it about. */
  row: number;
  change: 'created' | 'changed';
  /** Null: new. */
  id: string | null;
  vendor: string;
  planningYear: string;
  organization: string;
}

export interface ContractPlan {
  /** By row. */
  changes: ContractChange[];
  /** Contracts that are so already. */
  unchanged: number;
  newVendors: { code: string; name: string }[];
  rejected: Rejected[];
}

/** A vendor has one contract for a planning year. */
export const placeOf = (vendor: string, planningYear: string): string =>
  `${planningYear} ${vendor}`;

/**
 * What a file of contracts would change. A row about a district is about all its schools' planning
 * years. A row is taken for all of them or for none; a date that it leaves out stays as it is.
 *
 * @throws UnprocessableError when it would change too much at once
 */
export async function planContracts(
  lines: readonly ContractLine[],
  known: Known,
): Promise<ContractPlan> {
  const covered = yearsByCode(known.years);
  const names = new Map(known.vendors);
  const rows = new Map<string, number>();
  const plan: ContractPlan = { changes: [], unchanged: 0, newVendors: [], rejected: [] };
  await inTurns(lines, ROWS_PER_TURN, (line) => {
    const years = covered.get(`${line.code} ${line.year}`) ?? [];
    const fault = vendorFault(line, names, known.taken) ?? rowFault(line, years, rows, known);
    if (fault) {
      plan.rejected.push({ row: line.row, ...fault });
      return;
    }
    if (!names.has(line.vendor)) {
      names.set(line.vendor, line.name!);
      plan.newVendors.push({ code: line.vendor, name: line.name! });
    }
    if (plan.changes.length + years.length > MOST_CONTRACTS) throw tooMany();
    for (const year of years) {
      const place = placeOf(line.vendor, year.id);
      rows.set(place, line.row);
      const before = known.contracts.get(place);
      const terms = termsOf(line, before);
      if (before && terms.signedOn === before.signedOn && terms.to === before.to)
        plan.unchanged += 1;
      else
        plan.changes.push({
          ...{ row: line.row, change: before ? 'changed' : 'created', id: before?.id ?? null },
          ...{ vendor: line.vendor, planningYear: year.id, organization: year.organizationCode },
          ...terms,
        });
    }
  });
  return plan;
}

/** A row may be about all schools of a district. */
const ROWS_PER_TURN = 20;
const MOST_CONTRACTS = 50_000;

const tooMany = () =>
  new UnprocessableError(
    'too-many-changes',
    `The file would make or change more than ${MOST_CONTRACTS} contracts. Send it in parts.`,
  );

/** By the code of the school and by that of its district. */
function yearsByCode(years: readonly CoveredYear[]): ReadonlyMap<string, readonly CoveredYear[]> {
  const named = years.flatMap((one) =>
    [...new Set([one.organizationCode, one.districtCode])].map((code) => ({ code, one })),
  );
  const grouped = Map.groupBy(named, ({ code, one }) => `${code} ${one.year}`);
  return new Map([...grouped].map(([key, all]) => [key, all.map(({ one }) => one)]));
}

type Fault = Omit<Rejected, 'row'>;

function vendorFault(
  { vendor, name }: ContractLine,
  names: ReadonlyMap<string, string>,
  taken: ReadonlySet<string>,
): Fault | undefined {
  const known = names.get(vendor);
  if (known !== undefined)
    return name === null || name.normalize() === known.normalize()
      ? undefined
      : {
          code: 'name-differs',
          detail: `${vendor} is ${JSON.stringify(known)}; correct the code or the name, or rename the vendor first`,
        };
  if (taken.has(vendor))
    return {
      code: 'code-taken',
      detail: `${JSON.stringify(vendor)} names a school, a district or the agency; choose another code`,
    };
  if (name === null)
    return {
      code: 'unknown-vendor',
      detail: `there is no vendor ${JSON.stringify(vendor)}; give its name in vendor_name, or correct the code`,
    };
  return undefined;
}

function rowFault(
  line: ContractLine,
  years: readonly CoveredYear[],
  rows: ReadonlyMap<string, number>,
  { contracts }: Known,
): Fault | undefined {
  if (years.length === 0)
    return {
      code: 'no-planning-year',
      detail: `${JSON.stringify(line.code)} has no planning year ${JSON.stringify(line.year)}; open one first, or correct the row`,
    };
  for (const { id, organizationCode } of years) {
    const place = placeOf(line.vendor, id);
    const earlier = rows.get(place);
    if (earlier !== undefined)
      return {
        code: 'duplicate',
        detail: `row ${earlier} is about the same vendor and planning year of ${organizationCode}`,
      };
    const before = contracts.get(place);
    if (!before) continue;
    if (before.proposedOn !== line.proposedOn)
      return {
        code: 'proposal-differs',
        detail: `the contract for ${organizationCode} was proposed on ${before.proposedOn}; correct the row`,
      };
    if (!isInOrder(termsOf(line, before))) return OUT_OF_ORDER;
  }
  return undefined;
}

const termsOf = ({ proposedOn, signedOn, to }: ContractLine, before?: Terms): Terms => ({
  proposedOn,
  signedOn: signedOn ?? before?.signedOn ?? null,
  to: to ?? before?.to ?? null,
});
