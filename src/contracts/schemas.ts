import { z } from 'zod';
import { leftOut, MOST_CHANGES } from '../http/import-schemas.ts';
import { id, isoDate, line, listOf, pageQuery } from '../http/schemas.ts';

const AN_ID = '019ab3c4-5d6e-7f80-9a1b-2c3d4e5f6071';
const A_VENDOR = { code: 'V-0001', name: 'Example Partners' };

export const newVendor = z
  .strictObject({
    code: line(100).describe('No school, district or agency has it'),
    name: line(200),
  })
  .meta({ id: 'NewVendor', examples: [A_VENDOR] });

export const vendorChange = z
  .strictObject({ name: line(200) })
  .meta({ id: 'VendorChange', examples: [{ name: 'Example Partners, Inc.' }] });

export const vendorView = z
  .strictObject({ code: z.string(), name: z.string(), version: z.int() })
  .meta({ id: 'Vendor', examples: [{ ...A_VENDOR, version: 1 }] });

export const vendors = listOf(vendorView).meta({ id: 'Vendors' });
export const vendorsQuery = z.strictObject(pageQuery);

const dates = {
  signedOn: isoDate.nullable().describe('null: proposed, and yet to be signed'),
  to: isoDate.nullable().describe('The last day; null while it is open'),
};

export const newContract = z
  .strictObject({
    vendor: line(100).describe('Code of a vendor'),
    planningYear: id.describe('Id of a planning year'),
    proposedOn: isoDate.describe('From this day the vendor sees its part of the school'),
    signedOn: dates.signedOn.default(null),
    to: dates.to.default(null),
  })
  .refine((contract) => isInOrder(contract), { path: ['to'], error: 'must not come earlier' })
  .meta({
    id: 'NewContract',
    examples: [{ vendor: A_VENDOR.code, planningYear: AN_ID, proposedOn: '2026-11-02' }],
  });

export const contractChange = z
  .strictObject({ signedOn: dates.signedOn.optional(), to: dates.to.optional() })
  .refine(({ signedOn, to }) => signedOn !== undefined || to !== undefined, {
    error: 'must change signedOn or to',
  })
  .meta({ id: 'ContractChange', minProperties: 1, examples: [{ signedOn: '2026-11-20' }] });

export const contractView = z
  .strictObject({
    id,
    vendor: z.strictObject({ code: z.string(), name: z.string() }),
    planningYear: id,
    program: z.string(),
    year: z.string(),
    school: z.string().nullable().describe("The school's code; null for a district's run"),
    district: z.string(),
    proposedOn: isoDate,
    ...dates,
    version: z.int(),
  })
  .meta({ id: 'Contract' });
export type Contract = z.infer<typeof contractView>;

export const contracts = listOf(contractView).meta({ id: 'Contracts' });

export const contractsQuery = z.strictObject({
  vendor: line(100).optional().describe('Code of a vendor'),
  planningYear: id.optional(),
  school: line(100).optional().describe('Code of a school'),
  ...pageQuery,
});

const importedContract = z
  .strictObject({
    row: z.int().describe('Line of the spreadsheet that brings it about'),
    change: z.enum(['created', 'changed']),
    contract: id.nullable().describe('null: would be new'),
    vendor: z.string().describe('Code of the vendor'),
    planningYear: id,
    organization: z.string().describe('Code of the school'),
    proposedOn: isoDate,
    ...dates,
  })
  .meta({ id: 'ImportedContract' });

export const contractImportResult = z
  .strictObject({
    created: z.int().describe('Contracts made'),
    changed: z.int().describe('Contracts that were signed or given a last day, or another one'),
    unchanged: z.int().describe('Contracts that are so already'),
    vendorsCreated: z.int().describe('Vendors that were added'),
    ...leftOut,
    changes: z
      .array(importedContract)
      .describe(`What changes, by row; the first ${MOST_CHANGES} of them`),
  })
  .meta({ id: 'ContractImportResult' });

/** Proposed, then signed, then ended; on one day, too. */
export function isInOrder(contract: {
  proposedOn: string;
  signedOn: string | null;
  to: string | null;
}): boolean {
  const { proposedOn, signedOn, to } = contract;
  return (
    (signedOn === null || signedOn >= proposedOn) && (to === null || to >= (signedOn ?? proposedOn))
  );
}
