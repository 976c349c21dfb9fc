import type { Migration } from 'kysely/migration';
import * as initial from './20261121T2000_initial.ts';
import * as wholeYear from './20261121T2130_whole_year.ts';
import * as reports from './20261121T2200_reports.ts';
import * as mailHold from './20261121T2210_mail_hold.ts';
import * as statesOfTheFirstRelease from './20261121T2215_states_of_the_first_release.ts';
import * as reminderScans from './20261122T0100_reminder_scans.ts';
import * as delivery from './20261122T0110_delivery.ts';
import * as peoplesTerms from './20261122T0120_peoples_terms.ts';
import * as signIn from './20261122T0130_sign_in.ts';
import * as severalRoles from './20261122T0140_several_roles.ts';
import * as interventions from './20261122T0141_interventions.ts';
import * as vendors from './20261122T0142_vendors.ts';
import * as schoolActs from './20261122T0143_school_acts.ts';
import * as notesAndAudit from './20261122T0150_notes_and_audit.ts';
import * as contractChanges from './20261122T0160_contract_changes.ts';
import * as mailTerms from './20261128T0930_mail_terms.ts';
import * as wayBack from './20261128T0930_way_back.ts';
import * as linkMails from './20261128T0940_link_mails.ts';
import * as refusedAddresses from './20261128T0950_refused_addresses.ts';
import * as logByTime from './20261128T1000_log_by_time.ts';
import * as chartsOfVersion2 from './20261128T1010_charts_of_version_2.ts';
import * as vendorsByContract from './20261128T1300_vendors_by_contract.ts';
import * as reminderDays from './20261201T0300_reminder_days.ts';
import * as whatIsLate from './20261201T0310_what_is_late.ts';
import * as askers from './20261201T0320_askers.ts';
import * as namedAs from './20261201T0330_named_as.ts';
import * as quarantine from './20261201T0340_quarantine.ts';
import * as datesOfAnySize from './20261201T0345_dates_of_any_size.ts';
import * as whoseSealedHeadsAre from './20261201T0360_whose_sealed_heads_are.ts';
import * as writers from './20261201T0370_writers.ts';
import * as mailTroubles from './20261201T0400_mail_troubles.ts';

/** A step of the schema, and who may still write once it is made. */
export interface Step extends Migration {
  /** The oldest release (src/release.ts) that may write from then on; left out: as before. */
  oldestWriter?: number;
}

/** Every migration, oldest first. */
export const migrations: Record<string, Step> = {
  '20261121T2000_initial': initial,
  '20261121T2130_whole_year': wholeYear,
  '20261121T2200_reports': reports,
  '20261121T2210_mail_hold': mailHold,
  '20261121T2215_states_of_the_first_release': statesOfTheFirstRelease,
  '20261122T0100_reminder_scans': reminderScans,
  '20261122T0110_delivery': delivery,
  '20261122T0120_peoples_terms': peoplesTerms,
  '20261122T0130_sign_in': signIn,
  '20261122T0140_several_roles': severalRoles,
  '20261122T0141_interventions': interventions,
  '20261122T0142_vendors': vendors,
  '20261122T0143_school_acts': schoolActs,
  '20261122T0150_notes_and_audit': notesAndAudit,
  '20261122T0160_contract_changes': contractChanges,
  '20261128T0930_mail_terms': mailTerms,
  '20261128T0930_way_back': wayBack,
  '20261128T0940_link_mails': linkMails,
  '20261128T0950_refused_addresses': refusedAddresses,
  '20261128T1000_log_by_time': logByTime,
  '20261128T1010_charts_of_version_2': chartsOfVersion2,
  '20261128T1300_vendors_by_contract': vendorsByContract,
  '20261201T0300_reminder_days': reminderDays,
  '20261201T0310_what_is_late': whatIsLate,
  '20261201T0320_askers': askers,
  '20261201T0330_named_as': namedAs,
  '20261201T0340_quarantine': quarantine,
  '20261201T0345_dates_of_any_size': datesOfAnySize,
  '20261201T0360_whose_sealed_heads_are': whoseSealedHeadsAre,
  '20261201T0370_writers': writers,
  '20261201T0400_mail_troubles': mailTroubles,
};
