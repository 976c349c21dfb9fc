import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { programs } from '../../machines/index.ts';

const machinesFolder = join(import.meta.dirname, '../../machines');

test('Illinois has its seventeen regions, in the order of the API', () => {
  expect(
    programs.find(({ program }) => program === 'isbe-comprehensive')?.regions.map(({ key }) => key),
  ).toEqual([
    'designation',
    'orientation',
    'leadershipTeam',
    'iqfsr',
    'needsAssessment',
    'planningGrant',
    'qer2',
    'qer3',
    'qer4',
    'resourceAllocationReview',
    'stakeholderGroup',
    'rootCause',
    'sip',
    'implementationGrant',
    'planningYearReport',
    'learningPartner',
    'surveys',
  ]);
});

test('stored states belong to version 3: who changes this list raises the version and migrates', () => {
  const stored = programs.map(({ program, version, regions }) => ({
    program,
    version,
    states: regions.map(({ key, states }) => `${key}: ${Object.keys(states).join(' ')}`),
  }));
  expect(stored).toEqual([
    {
      program: 'isbe-comprehensive',
      version: '3',
      states: [
        'designation: awaiting released letterReceived coordinatorMet',
        'orientation: gettingStarted introduced trained informed',
        'leadershipTeam: none named compositionReviewed atWork',
        'iqfsr: notStarted introduced facilitated consensus enteredInIwas exempt',
        'needsAssessment: notStarted contractSigned meetingsSet dataAnalysed reportIssued discussed',
        'planningGrant: notReleased released inPreparation submitted approved',
        'qer2: quarterOpen preparing submitted noApprovedGrant',
        'qer3: quarterOpen preparing submitted noApprovedGrant',
        'qer4: quarterOpen preparing submitted noApprovedGrant',
        'resourceAllocationReview: awaitingSelection selected dataSubmitted reportReceived reviewed notSelected',
        'stakeholderGroup: notNamed named',
        'rootCause: notStarted meetingSet conducted prioritiesNamed',
        'sip: notStarted drafting complete readyForBoard beforeBoard approved',
        'implementationGrant: notReleased released drafting submitted approved finalSubmitted',
        'planningYearReport: open submitted approved',
        'learningPartner: interviewing identified contractScheduled approved',
        'surveys: awaited progressSent annualCompleted completed',
      ],
    },
  ]);
});

test('nothing in machines/ asks a clock, draws a number or touches the world', () => {
  const files = readdirSync(machinesFolder, { recursive: true, encoding: 'utf8' }).filter((name) =>
    name.endsWith('.ts'),
  );
  expect(files.length).toBeGreaterThanOrEqual(23);
  for (const name of files) {
    const source = readFileSync(join(machinesFolder, name), 'utf8');
    const imported = [...source.matchAll(/(?:from|import)\s*\(?\s*'([^']+)'/g)].map(
      ([, from]) => from!,
    );
    for (const from of imported)
      if (from.startsWith('.'))
        expect({
          name,
          inside: join(machinesFolder, name, '..', from).startsWith(machinesFolder),
        }).toEqual({ name, inside: true });
      else expect(['xstate', 'zod']).toContain(from);
    const code = source.replace(/\/\*[\s\S]*?\*\/|\/\/.*$/gm, '');
    const forbidden =
      /\b(Date|Temporal|performance|process|console|fetch|require|globalThis|setTimeout|setInterval|crypto)\b|Math\.random|luxon/;
    expect({ name, found: code.match(forbidden)?.[0] }).toEqual({ name, found: undefined });
  }
});
