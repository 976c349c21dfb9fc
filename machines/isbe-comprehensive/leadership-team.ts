import { z } from 'zod';
import type { Region, Warning } from '../region.ts';
import { charts } from './rules.ts';

const composition = z
  .strictObject({
    fromSchool: z.int().min(0).meta({ description: 'Members from the school' }),
    fromDistrict: z.int().min(0).meta({ description: 'Members from the district' }),
  })
  .meta({ description: 'Who sits on the leadership team' });

/** The school leadership team (SLT). Its monthly meetings are tasks; at work, the region needs no more. */
export const leadershipTeam: Region = {
  key: 'leadershipTeam',
  title: 'School leadership team',
  chart: charts.createMachine({
    id: 'leadershipTeam',
    initial: 'none',
    states: {
      none: { on: { 'leadershipTeam.named': { target: 'named', guard: 'released' } } },
      named: { on: { 'leadershipTeam.compositionReviewed': 'compositionReviewed' } },
      compositionReviewed: { on: { 'leadershipTeam.beganWork': 'atWork' } },
      atWork: { type: 'final' },
    },
  }),
  states: {
    none: { title: 'Not named yet' },
    named: { title: 'Named' },
    compositionReviewed: { title: 'Composition reviewed' },
    atWork: { title: 'At work' },
  },
  events: {
    'leadershipTeam.named': {
      title: 'Leadership team named',
      by: ['district', 'principal'],
      data: {
        schema: composition,
        example: { fromSchool: 5, fromDistrict: 2 },
        required: false,
      },
      warn: missingSide,
    },
    'leadershipTeam.compositionReviewed': {
      title: 'Composition of the team reviewed',
      by: ['slt'],
    },
    'leadershipTeam.beganWork': { title: 'Leadership team began its work', by: ['coordinator'] },
  },
};

/** A team has people of the school and of the district. */
function missingSide(data: unknown): Warning[] {
  const team = composition.safeParse(data).data;
  if (!team)
    return [
      {
        code: 'team-unknown',
        detail:
          'It is not said here who sits on the leadership team: see that it has people of the school and of the district.',
      },
    ];
  const advice: Warning[] = [];
  if (team.fromSchool === 0)
    advice.push({
      code: 'team-without-school',
      detail: 'The leadership team has nobody from the school: add school staff.',
    });
  if (team.fromDistrict === 0)
    advice.push({
      code: 'team-without-district',
      detail: 'The leadership team has nobody from the district: add district staff.',
    });
  return advice;
}
