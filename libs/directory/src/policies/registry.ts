import type { z } from 'zod';
import { admission } from './admission.policy.js';
import { aftercare } from './aftercare.policy.js';
import { amountChecks } from './amount-checks.policy.js';
import { arrivals } from './arrivals.policy.js';
import { contactMasking } from './contact-masking.policy.js';
import { dataFaults } from './data-faults.policy.js';
import { decisionChains } from './decision-chains.policy.js';
import { dispute } from './dispute.policy.js';
import { duplicates } from './duplicates.policy.js';
import { fairCompetition } from './fair-competition.policy.js';
import { handoff } from './handoff.policy.js';
import { idle } from './idle.policy.js';
import { investment } from './investment.policy.js';
import { leadCompleteness } from './lead-completeness.policy.js';
import { leadSources } from './lead-sources.policy.js';
import { lights } from './lights.policy.js';
import { noProgressReasons } from './no-progress-reasons.policy.js';
import { personalData } from './personal-data.policy.js';
import { permits } from './permits.policy.js';
import type { Policy } from './policy.js';
import { pool } from './pool.policy.js';
import { projectTags } from './project-tags.policy.js';
import { protection } from './protection.policy.js';
import { reminderChannels } from './reminder-channels.policy.js';
import { reminderRules } from './reminder-rules.policy.js';
import { reportsDue } from './reports-due.policy.js';
import { reminderEscalation } from './reminder-escalation.policy.js';
import { serviceCalls } from './service-calls.policy.js';
import { signings } from './signings.policy.js';
import { statistics } from './statistics.policy.js';
import { statusApproval, statusReasons } from './status.policy.js';
import { taskforce } from './taskforce.policy.js';
import { triage } from './triage.policy.js';
import { undo } from './undo.policy.js';
import { visits } from './visits.policy.js';
import { weeklySheet } from './weekly-sheet.policy.js';
import { works } from './works.policy.js';

/** Every rule of a zone beside its stages, by name; one file each. */
export const POLICIES = {
  admission,
  aftercare,
  amountChecks,
  arrivals,
  contactMasking,
  dataFaults,
  decisionChains,
  dispute,
  duplicates,
  fairCompetition,
  handoff,
  idle,
  investment,
  leadCompleteness,
  leadSources,
  permits,
  lights,
  noProgressReasons,
  personalData,
  pool,
  projectTags,
  protection,
  reminderChannels,
  reminderRules,
  reportsDue,
  reminderEscalation,
  serviceCalls,
  signings,
  statistics,
  statusApproval,
  statusReasons,
  taskforce,
  triage,
  undo,
  visits,
  weeklySheet,
  works,
} satisfies Record<string, Policy>;

export type PolicyName = keyof typeof POLICIES;
export type PolicyValue<Name extends PolicyName> = z.infer<(typeof POLICIES)[Name]['schema']>;

export const isPolicyName = (name: string): name is PolicyName => Object.hasOwn(POLICIES, name);
