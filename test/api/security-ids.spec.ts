import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type Actor, newId } from '@yinfeng/platform';
import { buildSchema, getNamedType, type GraphQLInputType, isInputObjectType, isObjectType } from 'graphql';
import { publishCalendar, reminderZone, type ReminderZone } from '../jobs/reminders-zone.js';
import { testApi, type TestApi } from '../support/api.js';
import { testDatabase, type TestDatabase } from '../support/database.js';

/** One record of each type, somewhere else or out of sight. */
const KINDS = [
  'Project',
  'Department',
  'Staff',
  'Park',
  'StoredFile',
  'StageRequest',
  'Handoff',
  'HandoffItem',
  'Reminder',
  'ReminderMute',
  'Visit',
  'Signing',
  'Milestone',
  'LedgerImport',
  'GateBypass',
  'ProjectDecision',
  'AdmissionSheet',
  'Commitment',
  'ServiceCall',
  'ServiceCallLink',
  'PublicProblem',
  'Deadline',
  'ProjectLight',
  'Escalation',
  'ReminderEscalation',
  'StatisticsEntry',
  'Taskforce',
  'TaskforceMember',
  'Permit',
  'Dispute',
  'StatusRequest',
  'PoolEntry',
  'TargetList',
  'TargetEnterprise',
  'Enterprise',
  'Contact',
  'UndoAct',
  'Delegation',
  'InvestmentActual',
  'CapitalArrival',
  'ChannelEndpoint',
  'Delivery',
  'CalendarFeed',
  'Job',
  'WorksMilestone',
  'WorksPause',
  'StartPlan',
  'ReportFiling',
  'NoProgressNote',
] as const;
type Records = Record<(typeof KINDS)[number], string>;
type Kind = keyof Records;

interface Probe {
  /** Kinds of records whose ids this argument takes. */
  takes: Kind[];
  /** `mine`: a project of the caller's own, where the operation needs one beside. */
  ask: (id: string, mine: string) => { query: string; input?: object };
  /** Kinds that everybody of the zone may see: there is no hidden one of them. */
  as?: (zone: ReminderZone) => Actor;
  /** Acts on every record of the zone, and shows none: no contact is hidden from whoever answers for personal data. */
  wholeZone?: true;
}

const errors = 'userErrors { code message path }';
const act = (name: string, type: string) => `mutation($input: ${type}!) { act: ${name}(input: $input) { ${errors} } }`;
const version = { expectedVersion: 1 };
const payment = { nature: 'DOMESTIC', form: 'EQUIPMENT', origin: 'OUTSIDE_PROVINCE', arrivedOn: '2026-06-10', money: { raw: '1万元' } };
const whistle = { type: 'OTHER', title: '停电', content: '停电两次' };

/**
 * Every argument of the API that takes an id: a foreign zone's id and one out of sight answer byte for byte like one that
 * does not exist. A new argument fails the test below until it has a row here.
 */
const PROBES: Record<string, Probe> = {
  'Query.project id': { takes: ['Project'], ask: (id) => ({ query: `{ project(id: "${id}") { id name } }` }) },
  'Query.node id': { takes: [...KINDS], ask: (id) => ({ query: `{ node(id: "${id}") { id __typename } }` }) },
  'Query.projects filter.departmentIds': { takes: ['Department'], ask: (id) => ({ query: `{ projects(filter: { departmentIds: ["${id}"] }) { totalCount nodes { id } } }` }) },
  'Query.projects filter.ownerIds': { takes: ['Staff'], ask: (id) => ({ query: `{ projects(filter: { ownerIds: ["${id}"] }) { totalCount nodes { id } } }` }) },
  'Query.projects filter.parkIds': { takes: ['Park'], ask: (id) => ({ query: `{ projects(filter: { parkIds: ["${id}"] }) { totalCount nodes { id } } }` }) },
  'Query.projects filter.importId': { takes: ['LedgerImport'], ask: (id) => ({ query: `{ projects(filter: { importId: "${id}" }) { totalCount nodes { id } } }` }) },
  'Query.projects filter.serviceDepartmentIds': { takes: ['Department'], ask: (id) => ({ query: `{ projects(filter: { serviceDepartmentIds: ["${id}"] }) { totalCount nodes { id } } }` }) },
  'Query.leads filter.serviceDepartmentIds': { takes: ['Department'], ask: (id) => ({ query: `{ leads(filter: { serviceDepartmentIds: ["${id}"] }) { totalCount nodes { id } } }` }) },
  'Query.leadQuality filter.serviceDepartmentIds': { takes: ['Department'], ask: (id) => ({ query: `{ leadQuality(filter: { serviceDepartmentIds: ["${id}"] }, from: "2020-01-01", to: "2030-01-01") { reported } }` }) },
  'Query.leads filter.departmentIds': { takes: ['Department'], ask: (id) => ({ query: `{ leads(filter: { departmentIds: ["${id}"] }) { totalCount nodes { id } } }` }) },
  'Query.leads filter.ownerIds': { takes: ['Staff'], ask: (id) => ({ query: `{ leads(filter: { ownerIds: ["${id}"] }) { totalCount nodes { id } } }` }) },
  'Query.leads filter.parkIds': { takes: ['Park'], ask: (id) => ({ query: `{ leads(filter: { parkIds: ["${id}"] }) { totalCount nodes { id } } }` }) },
  'Query.leads filter.importId': { takes: ['LedgerImport'], ask: (id) => ({ query: `{ leads(filter: { importId: "${id}" }) { totalCount nodes { id } } }` }) },
  'Query.leadQuality filter.departmentIds': { takes: ['Department'], ask: (id) => ({ query: `{ leadQuality(filter: { departmentIds: ["${id}"] }, from: "2020-01-01", to: "2030-01-01") { reported } }` }) },
  'Query.leadQuality filter.ownerIds': { takes: ['Staff'], ask: (id) => ({ query: `{ leadQuality(filter: { ownerIds: ["${id}"] }, from: "2020-01-01", to: "2030-01-01") { reported } }` }) },
  'Query.leadQuality filter.parkIds': { takes: ['Park'], ask: (id) => ({ query: `{ leadQuality(filter: { parkIds: ["${id}"] }, from: "2020-01-01", to: "2030-01-01") { reported } }` }) },
  'Query.leadQuality filter.importId': { takes: ['LedgerImport'], ask: (id) => ({ query: `{ leadQuality(filter: { importId: "${id}" }, from: "2020-01-01", to: "2030-01-01") { reported } }` }) },
  'Mutation.leadAssign input.projectId': { takes: ['Project'], as: (z) => z.manager, ask: (id) => ({ query: act('leadAssign', 'LeadAssignInput'), input: { projectId: id, assigneeId: `Staff:${newId()}`, ...version } }) },
  'Mutation.leadAssign input.assigneeId': { takes: ['Staff'], as: (z) => z.manager, ask: (id) => ({ query: act('leadAssign', 'LeadAssignInput'), input: { projectId: mineAsLead, assigneeId: id, ...version } }) },
  'Mutation.leadAnswer input.projectId': { takes: ['Project'], ask: (id) => ({ query: act('leadAnswer', 'LeadAnswerInput'), input: { projectId: id, method: 'PHONE', ...version } }) },
  'Mutation.leadReferrerFile input.projectId': { takes: ['Project'], ask: (id) => ({ query: act('leadReferrerFile', 'LeadReferrerFileInput'), input: { projectId: id, introducer: { kind: 'PERSON', name: '王介绍', publicServant: false }, ...version } }) },
  'Query.targetList id': { takes: ['TargetList'], ask: (id) => ({ query: `{ targetList(id: "${id}") { id name targets { totalCount } } }` }) },
  'TargetList.targets filter.assigneeIds': { takes: ['Staff'], ask: (id) => ({ query: `{ targetLists { nodes { targets(filter: { assigneeIds: ["${id}"] }) { totalCount nodes { id } } } } }` }) },
  'Mutation.targetListCreate input.departmentId': { takes: ['Department'], ask: (id) => ({ query: act('targetListCreate', 'TargetListCreateInput'), input: { name: '新清单', departmentId: id } }) },
  'Mutation.targetListEdit input.listId': { takes: ['TargetList'], ask: (id) => ({ query: act('targetListEdit', 'TargetListEditInput'), input: { listId: id, note: '说明', ...version } }) },
  'Mutation.targetListEdit input.departmentId': { takes: ['Department'], ask: (id) => ({ query: act('targetListEdit', 'TargetListEditInput'), input: { listId: myList, departmentId: id, ...version } }) },
  'Mutation.targetListArchive input.listId': { takes: ['TargetList'], ask: (id) => ({ query: act('targetListArchive', 'TargetListArchiveInput'), input: { listId: id, ...version } }) },
  'Mutation.targetAdd input.listId': { takes: ['TargetList'], ask: (id) => ({ query: act('targetAdd', 'TargetAddInput'), input: { listId: id, names: '甲公司' } }) },
  'Mutation.targetAdd input.items.enterpriseId': { takes: ['Enterprise'], ask: (id) => ({ query: `mutation($input: TargetAddInput!) { targetAdd(input: $input) { added items { outcome name targetId } ${errors} } }`, input: { listId: myList, items: [{ enterpriseId: id }] } }) },
  'Mutation.targetAssign input.targets.targetId': { takes: ['TargetEnterprise'], ask: (id) => ({ query: act('targetAssign', 'TargetAssignInput'), input: { targets: [{ targetId: id, ...version }] } }) },
  'Mutation.targetAssign input.assigneeId': { takes: ['Staff'], as: (z) => z.manager, ask: (id) => ({ query: act('targetAssign', 'TargetAssignInput'), input: { targets: [{ targetId: myTarget, ...version }], assigneeId: id } }) },
  'Mutation.targetUpdate input.targetId': { takes: ['TargetEnterprise'], ask: (id) => ({ query: act('targetUpdate', 'TargetUpdateInput'), input: { targetId: id, priority: 'A', ...version } }) },
  'Mutation.leadReport input.targetId': { takes: ['TargetEnterprise'], ask: (id) => ({ query: act('leadReport', 'LeadReportInput'), input: { name: '新项目', targetId: id } }) },
  'Query.visits filter.projectId': { takes: ['Project'], ask: (id) => ({ query: `{ visits(filter: { projectId: "${id}" }) { totalCount nodes { id } } }` }) },
  'Query.visits filter.departmentIds': { takes: ['Department'], ask: (id) => ({ query: `{ visits(filter: { departmentIds: ["${id}"] }) { totalCount nodes { id } } }` }) },
  'Query.visits filter.staffIds': { takes: ['Staff'], ask: (id) => ({ query: `{ visits(filter: { staffIds: ["${id}"] }) { totalCount nodes { id } } }` }) },
  'Query.signings filter.projectId': { takes: ['Project'], ask: (id) => ({ query: `{ signings(filter: { projectId: "${id}" }) { totalCount nodes { id } } }` }) },
  'Query.handoffs filter.projectId': { takes: ['Project'], ask: (id) => ({ query: `{ handoffs(filter: { projectId: "${id}" }) { totalCount nodes { id } } }` }) },
  'Query.handoffs filter.toDepartmentIds': { takes: ['Department'], ask: (id) => ({ query: `{ handoffs(filter: { toDepartmentIds: ["${id}"] }) { totalCount nodes { id } } }` }) },
  'Query.reminderForecast projectId': { takes: ['Project'], ask: (id) => ({ query: `{ reminderForecast(projectId: "${id}") { on } }` }) },
  'Query.dataFaults filter.projectId': { takes: ['Project'], ask: (id) => ({ query: `{ dataFaults(filter: { projectId: "${id}" }) { totalCount nodes { kind } } }` }) },
  'Query.dataFaults filter.departmentId': { takes: ['Department'], ask: (id) => ({ query: `{ dataFaults(filter: { departmentId: "${id}" }) { totalCount nodes { kind } } }` }) },
  'Query.dataFaultCounts filter.projectId': { takes: ['Project'], ask: (id) => ({ query: `{ dataFaultCounts(filter: { projectId: "${id}" }) { count } }` }) },
  'Query.dataFaultCounts filter.departmentId': { takes: ['Department'], ask: (id) => ({ query: `{ dataFaultCounts(filter: { departmentId: "${id}" }) { count } }` }) },
  'Query.deadlines filter.projectId': { takes: ['Project'], ask: (id) => ({ query: `{ deadlines(filter: { projectId: "${id}" }) { totalCount nodes { id } } }` }) },
  'Query.deadlines filter.departmentIds': { takes: ['Department'], ask: (id) => ({ query: `{ deadlines(filter: { departmentIds: ["${id}"] }) { totalCount nodes { id } } }` }) },
  'Query.deadlines filter.staffIds': { takes: ['Staff'], ask: (id) => ({ query: `{ deadlines(filter: { staffIds: ["${id}"] }) { totalCount nodes { id } } }` }) },
  'Query.deadlineFigures filter.projectId': { takes: ['Project'], ask: (id) => ({ query: `{ deadlineFigures(filter: { projectId: "${id}" }) { open } }` }) },
  'Query.deadlineFigures filter.departmentIds': { takes: ['Department'], ask: (id) => ({ query: `{ deadlineFigures(filter: { departmentIds: ["${id}"] }) { open } }` }) },
  'Query.deadlineFigures filter.staffIds': { takes: ['Staff'], ask: (id) => ({ query: `{ deadlineFigures(filter: { staffIds: ["${id}"] }) { open } }` }) },
  'Query.handoffDraft projectId': { takes: ['Project'], ask: (id) => ({ query: `{ handoffDraft(projectId: "${id}") { items { code } } }` }) },
  'Query.handoffsMissing filter.projectId': { takes: ['Project'], ask: (id) => ({ query: `{ handoffsMissing(filter: { projectId: "${id}" }) { totalCount nodes { code } } }` }) },
  'Query.handoffsMissing filter.departmentIds': { takes: ['Department'], ask: (id) => ({ query: `{ handoffsMissing(filter: { departmentIds: ["${id}"] }) { totalCount nodes { code } } }` }) },
  'Query.handoffsMissing filter.receiverIds': { takes: ['Department'], ask: (id) => ({ query: `{ handoffsMissing(filter: { receiverIds: ["${id}"] }) { totalCount nodes { code } } }` }) },
  'Query.lightTurns projectId': { takes: ['Project'], ask: (id) => ({ query: `{ lightTurns(projectId: "${id}") { totalCount nodes { id } } }` }) },
  'Query.escalations filter.projectId': { takes: ['Project'], ask: (id) => ({ query: `{ escalations(filter: { projectId: "${id}" }) { totalCount nodes { id } } }` }) },
  'Query.escalations filter.toStaffIds': { takes: ['Staff'], ask: (id) => ({ query: `{ escalations(filter: { toStaffIds: ["${id}"] }) { totalCount nodes { id } } }` }) },
  'Mutation.escalationIssue input.projectId': { takes: ['Project'], as: (z) => z.manager, ask: (id) => ({ query: act('escalationIssue', 'EscalationIssueInput'), input: { projectId: id, level: 'NOTICE', toStaffId: `Staff:${newId()}`, matter: '进度' } }) },
  'Mutation.escalationIssue input.toStaffId': { takes: ['Staff'], as: (z) => z.manager, ask: (id, mine) => ({ query: act('escalationIssue', 'EscalationIssueInput'), input: { projectId: mine, level: 'NOTICE', toStaffId: id, matter: '进度' } }) },
  'Mutation.escalationAnswer input.escalationId': { takes: ['Escalation'], ask: (id) => ({ query: act('escalationAnswer', 'EscalationAnswerInput'), input: { escalationId: id, answer: '已办', ...version } }) },
  'Mutation.escalationAnswer input.fileId': { takes: ['StoredFile'], ask: (id) => ({ query: act('escalationAnswer', 'EscalationAnswerInput'), input: { escalationId: myEscalation, answer: '已办', fileId: id, ...version } }) },
  'Query.reminderEscalations filter.projectId': { takes: ['Project'], ask: (id) => ({ query: `{ reminderEscalations(filter: { projectId: "${id}" }) { totalCount nodes { id } } }` }) },
  'Query.weeklyEscalations filter.projectId': { takes: ['Project'], ask: (id) => ({ query: `{ weeklyEscalations(week: "2026-06-15", filter: { projectId: "${id}" }) { totalCount nodes { escalationId } } }` }) },
  'Query.weeklyEscalations filter.departmentId': { takes: ['Department'], ask: (id) => ({ query: `{ weeklyEscalations(week: "2026-06-15", filter: { departmentId: "${id}" }) { totalCount nodes { escalationId } } }` }) },
  'Query.weeklyEscalationCounts filter.projectId': { takes: ['Project'], ask: (id) => ({ query: `{ weeklyEscalationCounts(week: "2026-06-15", filter: { projectId: "${id}" }) { count } }` }) },
  'Query.weeklyEscalationCounts filter.departmentId': { takes: ['Department'], ask: (id) => ({ query: `{ weeklyEscalationCounts(week: "2026-06-15", filter: { departmentId: "${id}" }) { count } }` }) },
  'Mutation.reminderEscalationAnswer input.reminderEscalationId': { takes: ['ReminderEscalation'], ask: (id) => ({ query: act('reminderEscalationAnswer', 'ReminderEscalationAnswerInput'), input: { reminderEscalationId: id, how: 'NOTED', note: '已督促', ...version } }) },
  'Mutation.escalationClose input.escalationId': { takes: ['Escalation'], as: (z) => z.manager, ask: (id) => ({ query: act('escalationClose', 'EscalationCloseInput'), input: { escalationId: id, reason: '了结', ...version } }) },
  'Query.statisticsEntries filter.projectId': { takes: ['Project'], ask: (id) => ({ query: `{ statisticsEntries(filter: { projectId: "${id}" }) { totalCount nodes { id } } }` }) },
  'Mutation.statisticsEntryRecord input.projectId': { takes: ['Project'], as: (z) => z.otherService, ask: (id) => ({ query: act('statisticsEntryRecord', 'StatisticsEntryRecordInput'), input: { projectId: id, kind: 'STATISTICS', enteredOn: '2026-06-12', name: '某项目' } }) },
  'Mutation.statisticsEntryRecord input.fileId': { takes: ['StoredFile'], as: (z) => z.service, ask: (id) => ({ query: act('statisticsEntryRecord', 'StatisticsEntryRecordInput'), input: { projectId: startedHanded, kind: 'STATISTICS', enteredOn: '2026-06-12', name: '某项目', fileId: id } }) },
  'Mutation.statisticsEntryConfirm input.entryId': { takes: ['StatisticsEntry'], as: (z) => z.otherService, ask: (id) => ({ query: act('statisticsEntryConfirm', 'StatisticsEntryConfirmInput'), input: { entryId: id, ...version } }) },
  'Mutation.statisticsEntryVoid input.entryId': { takes: ['StatisticsEntry'], as: (z) => z.otherService, ask: (id) => ({ query: act('statisticsEntryVoid', 'StatisticsEntryVoidInput'), input: { entryId: id, reason: '有误', ...version } }) },
  'Query.reminders filter.projectId': { takes: ['Project'], ask: (id) => ({ query: `{ reminders(filter: { projectId: "${id}" }) { totalCount nodes { id } } }` }) },
  'Query.pipeline filter.departmentIds': { takes: ['Department'], ask: (id) => ({ query: `{ pipeline(filter: { departmentIds: ["${id}"] }) { stages { count } } }` }) },
  'Query.pipeline filter.ownerIds': { takes: ['Staff'], ask: (id) => ({ query: `{ pipeline(filter: { ownerIds: ["${id}"] }) { stages { count } } }` }) },
  'Query.pipeline filter.parkIds': { takes: ['Park'], ask: (id) => ({ query: `{ pipeline(filter: { parkIds: ["${id}"] }) { stages { count } } }` }) },
  'Query.pipelineFlow filter.departmentIds': { takes: ['Department'], ask: (id) => ({ query: `{ pipelineFlow(filter: { departmentIds: ["${id}"] }, from: "2020-01-01", to: "2030-01-01") { reported { count } } }` }) },
  'Query.pipelineFlow filter.ownerIds': { takes: ['Staff'], ask: (id) => ({ query: `{ pipelineFlow(filter: { ownerIds: ["${id}"] }, from: "2020-01-01", to: "2030-01-01") { reported { count } } }` }) },
  'Query.pipelineFlow filter.parkIds': { takes: ['Park'], ask: (id) => ({ query: `{ pipelineFlow(filter: { parkIds: ["${id}"] }, from: "2020-01-01", to: "2030-01-01") { reported { count } } }` }) },
  'Query.duplicates input.exceptProjectId': { takes: ['Project'], ask: (id) => ({ query: `{ duplicates(input: { name: "完全不同的名称", exceptProjectId: "${id}" }) { __typename } }` }) },
  'Query.duplicateCompare a': { takes: ['Project'], ask: (id, mine) => ({ query: `{ duplicateCompare(a: "${id}", b: "${mine}") { level } }` }) },
  'Query.duplicateCompare b': { takes: ['Project'], ask: (id, mine) => ({ query: `{ duplicateCompare(a: "${mine}", b: "${id}") { level } }` }) },
  'Mutation.duplicateDecide input.firstId': { takes: ['Project'], ask: (id, mine) => ({ query: act('duplicateDecide', 'DuplicateDecideInput'), input: { firstId: id, secondId: mine, verdict: 'SAME' } }) },
  'Mutation.duplicateDecide input.secondId': { takes: ['Project'], ask: (id, mine) => ({ query: act('duplicateDecide', 'DuplicateDecideInput'), input: { firstId: mine, secondId: id, verdict: 'SAME' } }) },
  'Mutation.leadReport input.grownFromId': { takes: ['Project'], ask: (id) => ({ query: act('leadReport', 'LeadReportInput'), input: { name: '扩产项目', grownFromId: id } }) },
  'Query.taskforces filter.projectId': { takes: ['Project'], ask: (id) => ({ query: `{ taskforces(filter: { projectId: "${id}" }) { totalCount nodes { id } } }` }) },
  'Query.taskforces filter.staffIds': { takes: ['Staff'], ask: (id) => ({ query: `{ taskforces(filter: { staffIds: ["${id}"] }) { totalCount nodes { id } } }` }) },
  'Query.taskforces filter.departmentIds': { takes: ['Department'], ask: (id) => ({ query: `{ taskforces(filter: { departmentIds: ["${id}"] }) { totalCount nodes { id } } }` }) },
  'Query.dutyGaps filter.staffIds': { takes: ['Staff'], ask: (id) => ({ query: `{ dutyGaps(filter: { staffIds: ["${id}"] }) { totalCount nodes { code } } }` }) },
  'Query.dutyGaps filter.departmentIds': { takes: ['Department'], ask: (id) => ({ query: `{ dutyGaps(filter: { departmentIds: ["${id}"] }) { totalCount nodes { code } } }` }) },
  'Query.aftercarePlan filter.departmentIds': { takes: ['Department'], ask: (id) => ({ query: `{ aftercarePlan(filter: { departmentIds: ["${id}"] }) { totalCount nodes { dueOn } } }` }) },
  'Query.aftercareFigures departmentIds': { takes: ['Department'], ask: (id) => ({ query: `{ aftercareFigures(from: "2020-01-01", to: "2030-01-01", departmentIds: ["${id}"]) { landed visits expansions } }` }) },
  'Query.aftercareVisits departmentIds': { takes: ['Department'], ask: (id) => ({ query: `{ aftercareVisits(from: "2020-01-01", to: "2030-01-01", departmentIds: ["${id}"]) { totalCount nodes { id } } }` }) },
  'Query.expansionLeads departmentIds': { takes: ['Department'], ask: (id) => ({ query: `{ expansionLeads(from: "2020-01-01", to: "2030-01-01", departmentIds: ["${id}"]) { totalCount nodes { id } } }` }) },
  'Mutation.taskforceForm input.projectId': { takes: ['Project'], as: (z) => z.manager, ask: (id) => ({ query: act('taskforceForm', 'TaskforceFormInput'), input: { projectId: id, members: [] } }) },
  'Mutation.taskforceForm input.members.staffId': { takes: ['Staff'], as: (z) => z.manager, ask: (id, own) => ({ query: act('taskforceForm', 'TaskforceFormInput'), input: { projectId: own, members: [{ staffId: id, role: 'MEMBER' }] } }) },
  'Mutation.taskforceForm input.departmentIds': { takes: ['Department'], as: (z) => z.manager, ask: (id, own) => ({ query: act('taskforceForm', 'TaskforceFormInput'), input: { projectId: own, members: [], departmentIds: [id] } }) },
  'Mutation.taskforceMemberAdd input.taskforceId': { takes: ['Taskforce'], as: (z) => z.manager, ask: (id) => ({ query: act('taskforceMemberAdd', 'TaskforceMemberAddInput'), input: { taskforceId: id, staffId: `Staff:${newId()}`, role: 'MEMBER', ...version } }) },
  'Mutation.taskforceMemberAdd input.staffId': { takes: ['Staff'], as: (z) => z.manager, ask: (id) => ({ query: act('taskforceMemberAdd', 'TaskforceMemberAddInput'), input: { taskforceId: myTaskforce, staffId: id, role: 'MEMBER', ...version } }) },
  'Mutation.taskforceMemberEnd input.memberId': { takes: ['TaskforceMember'], as: (z) => z.manager, ask: (id) => ({ query: act('taskforceMemberEnd', 'TaskforceMemberEndInput'), input: { memberId: id, reason: '调动', ...version } }) },
  'Mutation.taskforceDepartmentsSet input.taskforceId': { takes: ['Taskforce'], as: (z) => z.manager, ask: (id) => ({ query: act('taskforceDepartmentsSet', 'TaskforceDepartmentsSetInput'), input: { taskforceId: id, departmentIds: [], ...version } }) },
  'Mutation.taskforceDepartmentsSet input.departmentIds': { takes: ['Department'], as: (z) => z.manager, ask: (id) => ({ query: act('taskforceDepartmentsSet', 'TaskforceDepartmentsSetInput'), input: { taskforceId: myTaskforce, departmentIds: [id], ...version } }) },
  'Mutation.taskforceDissolve input.taskforceId': { takes: ['Taskforce'], as: (z) => z.manager, ask: (id) => ({ query: act('taskforceDissolve', 'TaskforceDissolveInput'), input: { taskforceId: id, reason: '解散', ...version } }) },
  'Mutation.leadReport input.parkId': { takes: ['Park'], ask: (id) => ({ query: act('leadReport', 'LeadReportInput'), input: { name: '新项目', parkId: id } }) },
  'Mutation.leadJudge input.projectId': { takes: ['Project'], as: (z) => z.groupLeader, ask: (id) => ({ query: act('leadJudge', 'LeadJudgeInput'), input: { projectId: id, accept: true, ...version } }) },
  'Mutation.projectEdit input.projectId': { takes: ['Project'], ask: (id) => ({ query: act('projectEdit', 'ProjectEditInput'), input: { projectId: id, name: '新名称', ...version } }) },
  'Mutation.projectEdit input.departmentId': { takes: ['Department'], as: (z) => z.manager, ask: (id, mine) => ({ query: act('projectEdit', 'ProjectEditInput'), input: { projectId: mine, departmentId: id, ...version } }) },
  'Mutation.projectEdit input.assigneeId': { takes: ['Staff'], as: (z) => z.manager, ask: (id, mine) => ({ query: act('projectEdit', 'ProjectEditInput'), input: { projectId: mine, assigneeId: id, ...version } }) },
  'Mutation.projectEdit input.parkId': { takes: ['Park'], ask: (id, mine) => ({ query: act('projectEdit', 'ProjectEditInput'), input: { projectId: mine, parkId: id, ...version } }) },
  'Mutation.projectStatusChange input.projectId': { takes: ['Project'], as: (z) => z.manager, ask: (id) => ({ query: act('projectStatusChange', 'ProjectStatusChangeInput'), input: { projectId: id, toStatus: 'SUSPENDED', reason: '暂停', ...version } }) },
  ...Object.fromEntries(Object.entries({ projectSuspend: 'ProjectSuspendInput', projectResume: 'ProjectResumeInput', projectWithdraw: 'ProjectWithdrawInput', projectLose: 'ProjectLoseInput', projectReopen: 'ProjectReopenInput', protectionExtend: 'ProtectionExtendInput', poolRelease: 'PoolReleaseInput' })
    .map(([name, type]): [string, Probe] => [`Mutation.${name} input.projectId`, { takes: ['Project'], ask: (id) => ({ query: act(name, type), input: { projectId: id, reasonCode: 'OTHER', reason: '说明', ...version } }) }])),
  'Mutation.statusApprove input.requestId': { takes: ['StatusRequest'], as: (z) => z.groupLeader, ask: (id) => ({ query: act('statusApprove', 'StatusApproveInput'), input: { requestId: id, ...version } }) },
  'Query.statusRequests filter.projectId': { takes: ['Project'], ask: (id) => ({ query: `{ statusRequests(filter: { projectId: "${id}" }) { totalCount nodes { id } } }` }) },
  'Mutation.poolClaim input.entryId': { takes: ['PoolEntry'], ask: (id) => ({ query: act('poolClaim', 'PoolClaimInput'), input: { entryId: id } }) },
  'Mutation.poolAssign input.entryId': { takes: ['PoolEntry'], as: (z) => z.manager, ask: (id) => ({ query: act('poolAssign', 'PoolAssignInput'), input: { entryId: id, staffId: `Staff:${zone.recruiter.staffId}` } }) },
  'Mutation.poolAssign input.staffId': { takes: ['Staff'], as: (z) => z.manager, ask: (id) => ({ query: act('poolAssign', 'PoolAssignInput'), input: { entryId: `PoolEntry:${newId()}`, staffId: id } }) },
  'Mutation.visitLog input.projectId': { takes: ['Project'], ask: (id) => ({ query: act('visitLog', 'VisitLogInput'), input: { projectId: id, visitedOn: '2026-06-12', direction: 'OUTBOUND', content: '拜访' } }) },
  'Mutation.visitLog input.companionIds': { takes: ['Staff'], ask: (id, mine) => ({ query: act('visitLog', 'VisitLogInput'), input: { projectId: mine, visitedOn: '2026-06-12', direction: 'OUTBOUND', content: '拜访', companionIds: [id] } }) },
  'Mutation.signingRecord input.projectId': { takes: ['Project'], ask: (id) => ({ query: act('signingRecord', 'SigningRecordInput'), input: { projectId: id, kind: 'FRAMEWORK', signedOn: '2026-06-12', partyName: '甲方' } }) },
  'Mutation.signingRecord input.agreementFileIds': { takes: ['StoredFile'], ask: (id, mine) => ({ query: act('signingRecord', 'SigningRecordInput'), input: { projectId: mine, kind: 'FRAMEWORK', signedOn: '2026-06-12', partyName: '甲方', agreementFileIds: [id] } }) },
  'Mutation.signingRecord input.fulfilsId': { takes: ['Signing'], ask: (id, mine) => ({ query: act('signingRecord', 'SigningRecordInput'), input: { projectId: mine, kind: 'CONTRACT', signedOn: '2026-06-12', partyName: '甲方', fulfilsId: id } }) },
  'Mutation.signingRecord input.mainId': { takes: ['Signing'], ask: (id, mine) => ({ query: act('signingRecord', 'SigningRecordInput'), input: { projectId: mine, kind: 'SUPPLEMENT', signedOn: '2026-06-12', partyName: '甲方', mainId: id } }) },
  'Mutation.signingEdit input.signingId': { takes: ['Signing'], ask: (id) => ({ query: act('signingEdit', 'SigningEditInput'), input: { signingId: id, title: '协议', ...version } }) },
  'Mutation.signingEdit input.fulfilsId': { takes: ['Signing'], ask: (id) => ({ query: act('signingEdit', 'SigningEditInput'), input: { signingId: mySigning, kind: 'CONTRACT', fulfilsId: id, ...version } }) },
  'Mutation.signingEdit input.mainId': { takes: ['Signing'], ask: (id) => ({ query: act('signingEdit', 'SigningEditInput'), input: { signingId: mySigning, kind: 'SUPPLEMENT', mainId: id, ...version } }) },
  'Mutation.signingEdit input.agreementFileIds': { takes: ['StoredFile'], ask: (id) => ({ query: act('signingEdit', 'SigningEditInput'), input: { signingId: mySigning, agreementFileIds: [id], ...version } }) },
  'Mutation.signingVoid input.signingId': { takes: ['Signing'], ask: (id) => ({ query: act('signingVoid', 'SigningVoidInput'), input: { signingId: id, reason: '作废', ...version } }) },
  'Mutation.projectAmountSet input.projectId': { takes: ['Project'], ask: (id) => ({ query: act('projectAmountSet', 'ProjectAmountSetInput'), input: { projectId: id, kind: 'FILED', ...version } }) },
  'Mutation.decisionRecord input.projectId': { takes: ['Project'], ask: (id) => ({ query: act('decisionRecord', 'DecisionRecordInput'), input: { projectId: id, step: 'investmentCommittee', meetingOn: '2026-06-12', result: 'PASSED' } }) },
  'Mutation.decisionRecord input.fileId': { takes: ['StoredFile'], ask: (id) => ({ query: act('decisionRecord', 'DecisionRecordInput'), input: { projectId: large, step: 'investmentCommittee', meetingOn: '2026-06-12', result: 'PASSED', fileId: id } }) },
  'Mutation.decisionRevoke input.decisionId': { takes: ['ProjectDecision'], ask: (id) => ({ query: act('decisionRevoke', 'DecisionRevokeInput'), input: { decisionId: id, reason: '撤销', ...version } }) },
  'Mutation.admissionScore input.projectId': { takes: ['Project'], ask: (id) => ({ query: act('admissionScore', 'AdmissionScoreInput'), input: { projectId: id, points: [] } }) },
  'Mutation.admissionDecide input.sheetId': { takes: ['AdmissionSheet'], as: (z) => z.groupLeader, ask: (id) => ({ query: act('admissionDecide', 'AdmissionDecideInput'), input: { sheetId: id, confirm: true, ...version } }) },
  'Mutation.investmentPlanSet input.projectId': { takes: ['Project'], as: (z) => z.otherService, ask: (id) => ({ query: act('investmentPlanSet', 'InvestmentPlanSetInput'), input: { projectId: id, year: 2026, months: [{ month: '2026-05-01', money: { raw: '1万元' } }] } }) },
  'Mutation.investmentReport input.projectId': { takes: ['Project'], as: (z) => z.otherService, ask: (id) => ({ query: act('investmentReport', 'InvestmentReportInput'), input: { projectId: id, month: '2026-05-01', money: { raw: '1万元' } } }) },
  'Mutation.investmentReportBatch input.items.projectId': { takes: ['Project'], as: (z) => z.otherService, ask: (id) => ({ query: 'mutation($input: InvestmentReportBatchInput!) { act: investmentReportBatch(input: $input) { items { projectId outcome error { code message path } } userErrors { code } } }', input: { month: '2026-05-01', items: [{ projectId: id, money: { raw: '1万元' } }] } }) },
  'Mutation.investmentCorrect input.actualId': { takes: ['InvestmentActual'], as: (z) => z.otherService, ask: (id) => ({ query: act('investmentCorrect', 'InvestmentCorrectInput'), input: { actualId: id, money: { raw: '1万元' }, reason: '更正', ...version } }) },
  'Mutation.investmentConfirm input.actualId': { takes: ['InvestmentActual'], as: (z) => z.manager, ask: (id) => ({ query: act('investmentConfirm', 'InvestmentConfirmInput'), input: { actualId: id, ...version } }) },
  'Mutation.investmentBaseSet input.departmentId': { takes: ['Department'], as: (z) => z.manager, ask: (id) => ({ query: act('investmentBaseSet', 'InvestmentBaseSetInput'), input: { departmentId: id, from: '2025-01-01', to: '2025-06-01', money: { raw: '1万元' }, source: '快报' } }) },
  'Query.investmentActuals filter.projectId': { takes: ['Project'], ask: (id) => ({ query: `{ investmentActuals(filter: { projectId: "${id}" }) { totalCount nodes { id } } }` }) },
  'Query.investmentFigures filter.departmentIds': { takes: ['Department'], ask: (id) => ({ query: `{ investmentFigures(from: "2026-01-01", to: "2026-05-01", filter: { departmentIds: ["${id}"] }) { done { amount count } growth { basis } } }` }) },
  'Query.investmentFigures filter.parkIds': { takes: ['Park'], ask: (id) => ({ query: `{ investmentFigures(from: "2026-01-01", to: "2026-05-01", filter: { parkIds: ["${id}"] }) { done { amount count } } }` }) },
  'Query.arrivalFigures filter.departmentIds': { takes: ['Department'], ask: (id) => ({ query: `{ arrivalFigures(year: 2026, filter: { departmentIds: ["${id}"] }) { domestic { counted { amount count } } } }` }) },
  'Query.arrivalFigures filter.parkIds': { takes: ['Park'], ask: (id) => ({ query: `{ arrivalFigures(year: 2026, filter: { parkIds: ["${id}"] }) { domestic { counted { amount count } } } }` }) },
  'Query.arrivals filter.projectId': { takes: ['Project'], ask: (id) => ({ query: `{ arrivals(filter: { projectId: "${id}" }) { totalCount nodes { id } } }` }) },
  'Mutation.arrivalRecord input.projectId': { takes: ['Project'], ask: (id) => ({ query: act('arrivalRecord', 'ArrivalRecordInput'), input: { projectId: id, ...payment } }) },
  'Mutation.arrivalRecord input.evidence.fileId': { takes: ['StoredFile'], ask: (id, mine) => ({ query: act('arrivalRecord', 'ArrivalRecordInput'), input: { projectId: mine, ...payment, evidence: [{ fileId: id, kind: 'INVOICE' }] } }) },
  'Mutation.arrivalEvidenceAdd input.arrivalId': { takes: ['CapitalArrival'], ask: (id) => ({ query: act('arrivalEvidenceAdd', 'ArrivalEvidenceAddInput'), input: { arrivalId: id, fileId: `StoredFile:${newId()}`, kind: 'INVOICE', ...version } }) },
  'Mutation.arrivalEvidenceAdd input.fileId': { takes: ['StoredFile'], ask: (id) => ({ query: act('arrivalEvidenceAdd', 'ArrivalEvidenceAddInput'), input: { arrivalId: myArrival, fileId: id, kind: 'INVOICE', ...version } }) },
  'Mutation.arrivalConfirm input.arrivalId': { takes: ['CapitalArrival'], as: (z) => z.manager, ask: (id) => ({ query: act('arrivalConfirm', 'ArrivalConfirmInput'), input: { arrivalId: id, ...version } }) },
  'Mutation.arrivalReject input.arrivalId': { takes: ['CapitalArrival'], as: (z) => z.manager, ask: (id) => ({ query: act('arrivalReject', 'ArrivalRejectInput'), input: { arrivalId: id, note: '无法核实', ...version } }) },
  'Mutation.arrivalExclude input.arrivalId': { takes: ['CapitalArrival'], as: (z) => z.manager, ask: (id) => ({ query: act('arrivalExclude', 'ArrivalExcludeInput'), input: { arrivalId: id, code: 'RUSHED', ...version } }) },
  'Mutation.arrivalInclude input.arrivalId': { takes: ['CapitalArrival'], as: (z) => z.manager, ask: (id) => ({ query: act('arrivalInclude', 'ArrivalIncludeInput'), input: { arrivalId: id, note: '复核', ...version } }) },
  'Mutation.arrivalVoid input.arrivalId': { takes: ['CapitalArrival'], ask: (id) => ({ query: act('arrivalVoid', 'ArrivalVoidInput'), input: { arrivalId: id, reason: '误录', ...version } }) },
  'Query.serviceCalls filter.projectId': { takes: ['Project'], ask: (id) => ({ query: `{ serviceCalls(filter: { projectId: "${id}" }) { totalCount nodes { id } } }` }) },
  'Query.serviceCalls filter.leadDepartmentIds': { takes: ['Department'], ask: (id) => ({ query: `{ serviceCalls(filter: { leadDepartmentIds: ["${id}"] }) { totalCount nodes { id } } }` }) },
  'Mutation.serviceCallRaise input.projectId': { takes: ['Project'], ask: (id) => ({ query: act('serviceCallRaise', 'ServiceCallRaiseInput'), input: { projectId: id, ...whistle } }) },
  'Mutation.serviceCallRaise input.contactId': { takes: ['Contact'], ask: (id, mine) => ({ query: act('serviceCallRaise', 'ServiceCallRaiseInput'), input: { projectId: mine, ...whistle, contactId: id } }) },
  'Mutation.serviceCallRaise input.leadDepartmentId': { takes: ['Department'], ask: (id, mine) => ({ query: act('serviceCallRaise', 'ServiceCallRaiseInput'), input: { projectId: mine, ...whistle, leadDepartmentId: id } }) },
  'Mutation.serviceCallRaise input.helperIds': { takes: ['Department'], ask: (id, mine) => ({ query: act('serviceCallRaise', 'ServiceCallRaiseInput'), input: { projectId: mine, ...whistle, helperIds: [id] } }) },
  'Mutation.serviceCallRaise input.fileIds': { takes: ['StoredFile'], ask: (id, mine) => ({ query: act('serviceCallRaise', 'ServiceCallRaiseInput'), input: { projectId: mine, ...whistle, fileIds: [id] } }) },
  ...Object.fromEntries(Object.entries({ ReportIn: {}, Progress: { content: '在办' }, Transfer: { leadDepartmentId: 'Department:x', reason: '转' }, Resolve: { whatWasDone: '办了' }, Close: {} })
    .map(([name, more]): [string, Probe] => [`Mutation.serviceCall${name} input.serviceCallId`, { takes: ['ServiceCall'], as: (z) => z.groupLeader, ask: (id) => ({ query: act(`serviceCall${name}`, `ServiceCall${name}Input`), input: { serviceCallId: id, ...version, ...more } }) }])),
  ...Object.fromEntries(Object.entries({ Reopen: { reason: '未解决' }, Escalate: { reason: '急' }, Withdraw: { reason: '不用了' }, Rate: { score: 5 } })
    .map(([name, more]): [string, Probe] => [`Mutation.serviceCall${name} input.serviceCallId`, { takes: ['ServiceCall'], ask: (id) => ({ query: act(`serviceCall${name}`, `ServiceCall${name}Input`), input: { serviceCallId: id, ...version, ...more } }) }])),
  ...Object.fromEntries(['Publish', 'Unpublish'].map((name): [string, Probe] => [`Mutation.serviceCall${name} input.serviceCallId`, { takes: ['ServiceCall'], as: (z) => z.manager, ask: (id) => ({ query: act(`serviceCall${name}`, `ServiceCall${name}Input`), input: { serviceCallId: id, reason: '督办', ...version } }) }])),
  'Mutation.serviceCallReportIn input.inChargeId': { takes: ['Staff'], as: (z) => z.groupLeader, ask: (id) => ({ query: act('serviceCallReportIn', 'ServiceCallReportInInput'), input: { serviceCallId: myCall, inChargeId: id, ...version } }) },
  'Mutation.serviceCallProgress input.fileIds': { takes: ['StoredFile'], as: (z) => z.groupLeader, ask: (id) => ({ query: act('serviceCallProgress', 'ServiceCallProgressInput'), input: { serviceCallId: myTakenCall, content: '在办', fileIds: [id], ...version } }) },
  'Mutation.serviceCallResolve input.fileIds': { takes: ['StoredFile'], as: (z) => z.groupLeader, ask: (id) => ({ query: act('serviceCallResolve', 'ServiceCallResolveInput'), input: { serviceCallId: myTakenCall, whatWasDone: '办了', fileIds: [id], ...version } }) },
  'Mutation.serviceCallTransfer input.leadDepartmentId': { takes: ['Department'], as: (z) => z.groupLeader, ask: (id) => ({ query: act('serviceCallTransfer', 'ServiceCallTransferInput'), input: { serviceCallId: myCall, leadDepartmentId: id, reason: '转', ...version } }) },
  'Mutation.serviceCallTransfer input.helperIds': { takes: ['Department'], as: (z) => z.groupLeader, ask: (id) => ({ query: act('serviceCallTransfer', 'ServiceCallTransferInput'), input: { serviceCallId: myCall, leadDepartmentId: `Department:${zone.departments.service}`, helperIds: [id], reason: '转', ...version } }) },
  'Mutation.serviceCallLinkCreate input.projectId': { takes: ['Project'], ask: (id) => ({ query: act('serviceCallLinkCreate', 'ServiceCallLinkCreateInput'), input: { projectId: id } }) },
  'Mutation.serviceCallLinkCreate input.contactId': { takes: ['Contact'], ask: (id, mine) => ({ query: act('serviceCallLinkCreate', 'ServiceCallLinkCreateInput'), input: { projectId: mine, contactId: id } }) },
  'Mutation.serviceCallLinkCreate input.serviceCallId': { takes: ['ServiceCall'], ask: (id, mine) => ({ query: act('serviceCallLinkCreate', 'ServiceCallLinkCreateInput'), input: { projectId: mine, serviceCallId: id } }) },
  'Mutation.serviceCallLinkRevoke input.linkId': { takes: ['ServiceCallLink'], ask: (id) => ({ query: act('serviceCallLinkRevoke', 'ServiceCallLinkRevokeInput'), input: { linkId: id, ...version } }) },
  'Query.commitments filter.projectId': { takes: ['Project'], ask: (id) => ({ query: `{ commitments(filter: { projectId: "${id}" }) { totalCount nodes { id } } }` }) },
  'Mutation.commitmentAdd input.projectId': { takes: ['Project'], ask: (id) => ({ query: act('commitmentAdd', 'CommitmentAddInput'), input: { projectId: id, side: 'ZONE', kind: 'LAND', content: '供地' } }) },
  'Mutation.commitmentAdd input.signingId': { takes: ['Signing'], ask: (id, mine) => ({ query: act('commitmentAdd', 'CommitmentAddInput'), input: { projectId: mine, side: 'ZONE', kind: 'LAND', content: '供地', signingId: id } }) },
  'Mutation.commitmentEdit input.commitmentId': { takes: ['Commitment'], ask: (id) => ({ query: act('commitmentEdit', 'CommitmentEditInput'), input: { commitmentId: id, content: '供地', ...version } }) },
  'Mutation.commitmentEdit input.signingId': { takes: ['Signing'], ask: (id) => ({ query: act('commitmentEdit', 'CommitmentEditInput'), input: { commitmentId: myCommitment, signingId: id, ...version } }) },
  'Mutation.commitmentReview input.commitmentId': { takes: ['Commitment'], as: (z) => z.groupLeader, ask: (id) => ({ query: act('commitmentReview', 'CommitmentReviewInput'), input: { commitmentId: id, pass: false, note: '无依据', ...version } }) },
  'Mutation.commitmentSettle input.commitmentId': { takes: ['Commitment'], ask: (id) => ({ query: act('commitmentSettle', 'CommitmentSettleInput'), input: { commitmentId: id, outcome: 'KEPT', ...version } }) },
  'Mutation.commitmentSettle input.fileId': { takes: ['StoredFile'], ask: (id) => ({ query: act('commitmentSettle', 'CommitmentSettleInput'), input: { commitmentId: myCommitment, outcome: 'KEPT', fileId: id, ...version } }) },
  'Mutation.projectLink input.projectId': { takes: ['Project'], ask: (id, mine) => ({ query: act('projectLink', 'ProjectLinkInput'), input: { projectId: id, parentId: mine, kind: 'PHASE_OF', ...version } }) },
  'Mutation.projectLink input.parentId': { takes: ['Project'], ask: (id, mine) => ({ query: act('projectLink', 'ProjectLinkInput'), input: { projectId: mine, parentId: id, kind: 'PHASE_OF', ...version } }) },
  'Mutation.projectUnlink input.projectId': { takes: ['Project'], ask: (id) => ({ query: act('projectUnlink', 'ProjectUnlinkInput'), input: { projectId: id, reason: '误关联', ...version } }) },
  'Mutation.evidenceAdd input.projectId': { takes: ['Project'], ask: (id) => ({ query: act('evidenceAdd', 'EvidenceAddInput'), input: { projectId: id, item: 'agreement', fileId: `StoredFile:${newId()}` } }) },
  'Mutation.evidenceAdd input.fileId': { takes: ['StoredFile'], ask: (id, mine) => ({ query: act('evidenceAdd', 'EvidenceAddInput'), input: { projectId: mine, item: 'agreement', fileId: id } }) },
  'Mutation.stageRequest input.projectId': { takes: ['Project'], ask: (id) => ({ query: act('stageRequest', 'StageRequestInput'), input: { projectId: id, toStage: 'LANDED', ...version } }) },
  'Mutation.stageApprove input.requestId': { takes: ['StageRequest'], as: (z) => z.groupLeader, ask: (id) => ({ query: act('stageApprove', 'StageApproveInput'), input: { requestId: id, ...version } }) },
  'Query.gateBypasses filter.projectId': { takes: ['Project'], ask: (id) => ({ query: `{ gateBypasses(filter: { projectId: "${id}" }) { totalCount nodes { id } } }` }) },
  'Mutation.stageBypass input.projectId': { takes: ['Project'], as: (z) => z.manager, ask: (id) => ({ query: act('stageBypass', 'StageBypassInput'), input: { projectId: id, toStage: 'LANDED', reason: '先行', ...version } }) },
  'Mutation.handoffSubmit input.projectId': { takes: ['Project'], ask: (id) => ({ query: act('handoffSubmit', 'HandoffSubmitInput'), input: { projectId: id, toDepartmentId: `Department:${newId()}` } }) },
  'Mutation.handoffSubmit input.toDepartmentId': { takes: ['Department'], ask: (id, mine) => ({ query: act('handoffSubmit', 'HandoffSubmitInput'), input: { projectId: mine, toDepartmentId: id } }) },
  'Mutation.handoffSubmit input.checklist.fileIds': { takes: ['StoredFile'], ask: (id) => ({ query: act('handoffSubmit', 'HandoffSubmitInput'), input: { projectId: mySignedProject, toDepartmentId: `Department:${zone.departments.service}`, checklist: [{ code: 'land', fileIds: [id] }] } }) },
  'Mutation.handoffWithdraw input.handoffId': { takes: ['Handoff'], ask: (id) => ({ query: act('handoffWithdraw', 'HandoffWithdrawInput'), input: { handoffId: id, ...version } }) },
  'Mutation.handoffItemDecide input.itemId': { takes: ['HandoffItem'], as: (z) => z.otherService, ask: (id) => ({ query: act('handoffItemDecide', 'HandoffItemDecideInput'), input: { itemId: id, state: 'ACCEPTED', ...version } }) },
  'Mutation.handoffReassign input.handoffId': { takes: ['Handoff'], as: (z) => z.otherService, ask: (id) => ({ query: act('handoffReassign', 'HandoffReassignInput'), input: { handoffId: id, toDepartmentId: `Department:${zone.otherServiceId}`, reason: '转派', ...version } }) },
  'Mutation.handoffReassign input.toDepartmentId': { takes: ['Department'], as: (z) => z.service, ask: (id) => ({ query: act('handoffReassign', 'HandoffReassignInput'), input: { handoffId: myHandoff, toDepartmentId: id, reason: '转派', ...version } }) },
  'Mutation.handoffReturn input.items.itemId': { takes: ['HandoffItem'], as: (z) => z.service, ask: (id) => ({ query: act('handoffReturn', 'HandoffReturnInput'), input: { handoffId: myHandoff, reason: '缺材料', items: [{ itemId: id }], ...version } }) },
  'Mutation.handoffAccept input.handoffId': { takes: ['Handoff'], as: (z) => z.otherService, ask: (id) => ({ query: act('handoffAccept', 'HandoffAcceptInput'), input: { handoffId: id, ...version } }) },
  'Mutation.handoffReturn input.handoffId': { takes: ['Handoff'], as: (z) => z.otherService, ask: (id) => ({ query: act('handoffReturn', 'HandoffReturnInput'), input: { handoffId: id, reason: '缺材料', ...version } }) },
  'Query.permits filter.projectId': { takes: ['Project'], ask: (id) => ({ query: `{ permits(filter: { projectId: "${id}" }) { totalCount nodes { id } } }` }) },
  'Query.permits filter.departmentIds': { takes: ['Department'], ask: (id) => ({ query: `{ permits(filter: { departmentIds: ["${id}"] }) { totalCount nodes { id } } }` }) },
  'Query.permits filter.staffIds': { takes: ['Staff'], ask: (id) => ({ query: `{ permits(filter: { staffIds: ["${id}"] }) { totalCount nodes { id } } }` }) },
  'Query.permitFigures filter.projectId': { takes: ['Project'], ask: (id) => ({ query: `{ permitFigures(from: "2020-01-01", to: "2030-01-01", filter: { projectId: "${id}" }) { total { granted } } }` }) },
  'Query.permitFigures filter.departmentIds': { takes: ['Department'], ask: (id) => ({ query: `{ permitFigures(from: "2020-01-01", to: "2030-01-01", filter: { departmentIds: ["${id}"] }) { total { granted } } }` }) },
  'Query.permitFigures filter.staffIds': { takes: ['Staff'], ask: (id) => ({ query: `{ permitFigures(from: "2020-01-01", to: "2030-01-01", filter: { staffIds: ["${id}"] }) { total { granted } } }` }) },
  'Mutation.permitsOpen input.projectId': { takes: ['Project'], as: (z) => z.otherService, ask: (id) => ({ query: act('permitsOpen', 'PermitsOpenInput'), input: { projectId: id } }) },
  'Mutation.permitAdd input.projectId': { takes: ['Project'], as: (z) => z.otherService, ask: (id) => ({ query: act('permitAdd', 'PermitAddInput'), input: { projectId: id, label: '取水许可' } }) },
  'Mutation.permitAdd input.departmentId': { takes: ['Department'], as: (z) => z.otherService, ask: (id) => ({ query: act('permitAdd', 'PermitAddInput'), input: { projectId: handed, label: '取水许可', departmentId: id } }) },
  'Mutation.permitAdd input.staffId': { takes: ['Staff'], as: (z) => z.otherService, ask: (id) => ({ query: act('permitAdd', 'PermitAddInput'), input: { projectId: handed, label: '取水许可', staffId: id } }) },
  'Mutation.permitEdit input.permitId': { takes: ['Permit'], as: (z) => z.otherService, ask: (id) => ({ query: act('permitEdit', 'PermitEditInput'), input: { permitId: id, note: '改', ...version } }) },
  'Mutation.permitEdit input.files.fileId': { takes: ['StoredFile'], as: (z) => z.otherService, ask: (id) => ({ query: act('permitEdit', 'PermitEditInput'), input: { permitId: myPermits.ready, note: '改', files: [{ fileId: id }], ...version } }) },
  'Mutation.permitSkip input.permitId': { takes: ['Permit'], as: (z) => z.otherService, ask: (id) => ({ query: act('permitSkip', 'PermitSkipInput'), input: { permitId: id, reason: '不需要', ...version } }) },
  'Mutation.permitApply input.permitId': { takes: ['Permit'], as: (z) => z.otherService, ask: (id) => ({ query: act('permitApply', 'PermitApplyInput'), input: { permitId: id, ...version } }) },
  'Mutation.permitApply input.files.fileId': { takes: ['StoredFile'], as: (z) => z.otherService, ask: (id) => ({ query: act('permitApply', 'PermitApplyInput'), input: { permitId: myPermits.ready, files: [{ fileId: id }], ...version } }) },
  'Mutation.permitSupplement input.permitId': { takes: ['Permit'], as: (z) => z.otherService, ask: (id) => ({ query: act('permitSupplement', 'PermitSupplementInput'), input: { permitId: id, reason: '补', ...version } }) },
  'Mutation.permitSupplement input.files.fileId': { takes: ['StoredFile'], as: (z) => z.otherService, ask: (id) => ({ query: act('permitSupplement', 'PermitSupplementInput'), input: { permitId: myPermits.running, reason: '补', files: [{ fileId: id }], ...version } }) },
  'Mutation.permitResume input.permitId': { takes: ['Permit'], as: (z) => z.otherService, ask: (id) => ({ query: act('permitResume', 'PermitResumeInput'), input: { permitId: id, ...version } }) },
  'Mutation.permitResume input.files.fileId': { takes: ['StoredFile'], as: (z) => z.otherService, ask: (id) => ({ query: act('permitResume', 'PermitResumeInput'), input: { permitId: myPermits.stopped, files: [{ fileId: id }], ...version } }) },
  'Mutation.permitGrant input.permitId': { takes: ['Permit'], as: (z) => z.otherService, ask: (id) => ({ query: act('permitGrant', 'PermitGrantInput'), input: { permitId: id, ...version } }) },
  'Mutation.permitGrant input.files.fileId': { takes: ['StoredFile'], as: (z) => z.otherService, ask: (id) => ({ query: act('permitGrant', 'PermitGrantInput'), input: { permitId: myPermits.running, files: [{ fileId: id }], ...version } }) },
  'Mutation.permitRefuse input.permitId': { takes: ['Permit'], as: (z) => z.otherService, ask: (id) => ({ query: act('permitRefuse', 'PermitRefuseInput'), input: { permitId: id, reason: '不许', ...version } }) },
  'Mutation.permitRefuse input.files.fileId': { takes: ['StoredFile'], as: (z) => z.otherService, ask: (id) => ({ query: act('permitRefuse', 'PermitRefuseInput'), input: { permitId: myPermits.running, reason: '不许', files: [{ fileId: id }], ...version } }) },
  'Mutation.permitPromiseKeep input.permitId': { takes: ['Permit'], as: (z) => z.otherService, ask: (id) => ({ query: act('permitPromiseKeep', 'PermitPromiseKeepInput'), input: { permitId: id, ...version } }) },
  'Mutation.permitPromiseKeep input.files.fileId': { takes: ['StoredFile'], as: (z) => z.otherService, ask: (id) => ({ query: act('permitPromiseKeep', 'PermitPromiseKeepInput'), input: { permitId: myPermits.promised, files: [{ fileId: id }], ...version } }) },
  'Mutation.permitReopen input.permitId': { takes: ['Permit'], as: (z) => z.otherService, ask: (id) => ({ query: act('permitReopen', 'PermitReopenInput'), input: { permitId: id, reason: '有误', ...version } }) },
  'Mutation.permitEdit input.departmentId': { takes: ['Department'], as: (z) => z.otherService, ask: (id) => ({ query: act('permitEdit', 'PermitEditInput'), input: { permitId: myPermits.ready, departmentId: id, ...version } }) },
  'Mutation.permitEdit input.staffId': { takes: ['Staff'], as: (z) => z.otherService, ask: (id) => ({ query: act('permitEdit', 'PermitEditInput'), input: { permitId: myPermits.ready, staffId: id, ...version } }) },
  'Mutation.reminderComplete input.reminderId': { takes: ['Reminder'], ask: (id) => ({ query: act('reminderComplete', 'ReminderCompleteInput'), input: { reminderId: id, ...version } }) },
  'Mutation.reminderReopen input.reminderId': { takes: ['Reminder'], ask: (id) => ({ query: act('reminderReopen', 'ReminderReopenInput'), input: { reminderId: id, ...version } }) },
  'Query.deliveries filter.endpointId': { takes: ['ChannelEndpoint'], ask: (id) => ({ query: `{ deliveries(filter: { endpointId: "${id}" }) { totalCount nodes { id } } }` }) },
  'Mutation.deliverySettle input.deliveryId': { takes: ['Delivery'], ask: (id) => ({ query: act('deliverySettle', 'DeliverySettleInput'), input: { deliveryId: id, reason: '群里已见', ...version } }) },
  'Mutation.jobRetry input.jobId': { takes: ['Job'], as: (z) => z.as.SYSTEM_ADMIN, wholeZone: true, ask: (id) => ({ query: act('jobRetry', 'JobRetryInput'), input: { jobId: id } }) },
  'Mutation.jobDiscard input.jobId': { takes: ['Job'], as: (z) => z.as.SYSTEM_ADMIN, wholeZone: true, ask: (id) => ({ query: act('jobDiscard', 'JobDiscardInput'), input: { jobId: id, reason: '过时' } }) },
  'Mutation.deliveryRepeat input.deliveryId': { takes: ['Delivery'], ask: (id) => ({ query: act('deliveryRepeat', 'DeliveryRepeatInput'), input: { deliveryId: id, ...version } }) },
  'Mutation.calendarFeedRevoke input.feedId': { takes: ['CalendarFeed'], ask: (id) => ({ query: act('calendarFeedRevoke', 'CalendarFeedRevokeInput'), input: { feedId: id } }) },
  'Mutation.channelEndpointAdd input.departmentIds': { takes: ['Department'], as: (z) => z.as.SYSTEM_ADMIN, ask: (id) => ({ query: act('channelEndpointAdd', 'ChannelEndpointAddInput'), input: { kind: 'WECOM', name: '招商群', address: 'https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=00000000-0000-0000-0000-000000000000', departmentIds: [id] } }) },
  'Mutation.channelEndpointEdit input.endpointId': { takes: ['ChannelEndpoint'], as: (z) => z.as.SYSTEM_ADMIN, wholeZone: true, ask: (id) => ({ query: act('channelEndpointEdit', 'ChannelEndpointEditInput'), input: { endpointId: id, enabled: false, ...version } }) },
  'Mutation.channelEndpointEdit input.departmentIds': { takes: ['Department'], as: (z) => z.as.SYSTEM_ADMIN, ask: (id) => ({ query: act('channelEndpointEdit', 'ChannelEndpointEditInput'), input: { endpointId: myRobot, departmentIds: [id], ...version } }) },
  'Mutation.channelEndpointRemove input.endpointId': { takes: ['ChannelEndpoint'], as: (z) => z.as.SYSTEM_ADMIN, wholeZone: true, ask: (id) => ({ query: act('channelEndpointRemove', 'ChannelEndpointRemoveInput'), input: { endpointId: id, ...version } }) },
  'Mutation.channelEndpointTest input.endpointId': { takes: ['ChannelEndpoint'], as: (z) => z.as.SYSTEM_ADMIN, wholeZone: true, ask: (id) => ({ query: act('channelEndpointTest', 'ChannelEndpointTestInput'), input: { endpointId: id, ...version } }) },
  'Query.weeklySheet departmentId': { takes: ['Department'], ask: (id) => ({ query: `{ weeklySheet(week: "2026-06-10", departmentId: "${id}") { rows groups { name } } }` }) },
  'Mutation.weeklySheetExport input.departmentId': { takes: ['Department'], ask: (id) => ({ query: act('weeklySheetExport', 'WeeklySheetExportInput'), input: { week: '2026-06-10', departmentId: id } }) },
  'Query.ledgerImport id': { takes: ['LedgerImport'], as: (z) => z.manager, ask: (id) => ({ query: `{ ledgerImport(id: "${id}") { id fileName } }` }) },
  'Mutation.ledgerImport input.fileId': { takes: ['StoredFile'], as: (z) => z.manager, ask: (id) => ({ query: act('ledgerImport', 'LedgerImportInput'), input: { fileId: id } }) },
  'Mutation.importConfirm input.importId': { takes: ['LedgerImport'], as: (z) => z.manager, ask: (id) => ({ query: act('importConfirm', 'ImportConfirmInput'), input: { importId: id, ...version } }) },
  'Mutation.importConfirm input.decisions.projectId': { takes: ['Project'], as: (z) => z.manager, ask: (id) => ({ query: act('importConfirm', 'ImportConfirmInput'), input: { importId: waitingImport, decisions: [{ sheet: '项目', row: 2, decision: 'SAME', projectId: id }], ...version } }) },
  'Mutation.importUndo input.importId': { takes: ['LedgerImport'], as: (z) => z.manager, ask: (id) => ({ query: act('importUndo', 'ImportUndoInput'), input: { importId: id, ...version } }) },
  'Mutation.importRowsExport input.importId': { takes: ['LedgerImport'], as: (z) => z.manager, ask: (id) => ({ query: act('importRowsExport', 'ImportRowsExportInput'), input: { importId: id } }) },
  'Mutation.importCancel input.importId': { takes: ['LedgerImport'], as: (z) => z.manager, ask: (id) => ({ query: act('importCancel', 'ImportCancelInput'), input: { importId: id } }) },
  'Query.visits filter.delegationId': { takes: ['Delegation'], ask: (id) => ({ query: `{ visits(filter: { delegationId: "${id}" }) { totalCount nodes { id } } }` }) },
  'Query.visitFigures filter.projectId': { takes: ['Project'], ask: (id) => ({ query: `{ visitFigures(filter: { projectId: "${id}" }) { total { visits } } }` }) },
  'Query.visitFigures filter.delegationId': { takes: ['Delegation'], ask: (id) => ({ query: `{ visitFigures(filter: { delegationId: "${id}" }) { total { visits } } }` }) },
  'Query.visitFigures filter.departmentIds': { takes: ['Department'], ask: (id) => ({ query: `{ visitFigures(filter: { departmentIds: ["${id}"] }) { total { visits } } }` }) },
  'Query.visitFigures filter.staffIds': { takes: ['Staff'], ask: (id) => ({ query: `{ visitFigures(filter: { staffIds: ["${id}"] }) { total { visits } } }` }) },
  'Mutation.visitLog input.delegationId': { takes: ['Delegation'], ask: (id, mine) => ({ query: act('visitLog', 'VisitLogInput'), input: { projectId: mine, visitedOn: '2026-06-12', direction: 'OUTBOUND', content: '拜访', delegationId: id } }), as: (z) => z.recruiter },
  'Mutation.visitLog input.fileIds': { takes: ['StoredFile'], ask: (id, mine) => ({ query: act('visitLog', 'VisitLogInput'), input: { projectId: mine, visitedOn: '2026-06-12', direction: 'OUTBOUND', content: '拜访', fileIds: [id] } }) },
  'Mutation.visitBind input.visitId': { takes: ['Visit'], ask: (id, mine) => ({ query: act('visitBind', 'VisitBindInput'), input: { visitId: id, projectId: mine, ...version } }) },
  'Mutation.visitBind input.projectId': { takes: ['Project'], ask: (id) => ({ query: act('visitBind', 'VisitBindInput'), input: { visitId: `Visit:${newId()}`, projectId: id, ...version } }) },
  'Mutation.visitUnbind input.visitId': { takes: ['Visit'], ask: (id) => ({ query: act('visitUnbind', 'VisitUnbindInput'), input: { visitId: id, ...version } }) },
  'Mutation.visitEdit input.visitId': { takes: ['Visit'], ask: (id) => ({ query: act('visitEdit', 'VisitEditInput'), input: { visitId: id, content: '改', ...version } }) },
  'Mutation.delegationCreate input.hostDepartmentId': { takes: ['Department'], ask: (id) => ({ query: act('delegationCreate', 'DelegationCreateInput'), input: { ...trip, hostDepartmentId: id } }) },
  'Mutation.delegationCreate input.memberIds': { takes: ['Staff'], ask: (id) => ({ query: act('delegationCreate', 'DelegationCreateInput'), input: { ...trip, memberIds: [id] } }) },
  'Mutation.delegationCreate input.reportFileId': { takes: ['StoredFile'], ask: (id) => ({ query: act('delegationCreate', 'DelegationCreateInput'), input: { ...trip, reportFileId: id } }) },
  'Mutation.delegationEdit input.delegationId': { takes: ['Delegation'], ask: (id) => ({ query: act('delegationEdit', 'DelegationEditInput'), input: { delegationId: id, name: '改', ...version } }) },
  'Mutation.delegationEdit input.hostDepartmentId': { takes: ['Department'], ask: (id) => ({ query: act('delegationEdit', 'DelegationEditInput'), input: { delegationId: myTrip, hostDepartmentId: id, ...version } }) },
  'Mutation.delegationEdit input.memberIds': { takes: ['Staff'], ask: (id) => ({ query: act('delegationEdit', 'DelegationEditInput'), input: { delegationId: myTrip, memberIds: [id], ...version } }) },
  'Mutation.delegationEdit input.reportFileId': { takes: ['StoredFile'], ask: (id) => ({ query: act('delegationEdit', 'DelegationEditInput'), input: { delegationId: myTrip, reportFileId: id, ...version } }) },
  'Mutation.eventYieldAdd input.delegationId': { takes: ['Delegation'], ask: (id, mine) => ({ query: act('eventYieldAdd', 'EventYieldInput'), input: { delegationId: id, projectId: mine } }) },
  'Mutation.eventYieldAdd input.projectId': { takes: ['Project'], ask: (id) => ({ query: act('eventYieldAdd', 'EventYieldInput'), input: { delegationId: myTrip, projectId: id } }) },
  'Mutation.eventYieldAdd input.signingId': { takes: ['Signing'], ask: (id) => ({ query: act('eventYieldAdd', 'EventYieldInput'), input: { delegationId: myTrip, signingId: id } }) },
  'Mutation.eventYieldRemove input.delegationId': { takes: ['Delegation'], ask: (id, mine) => ({ query: act('eventYieldRemove', 'EventYieldInput'), input: { delegationId: id, projectId: mine } }) },
  'Mutation.eventYieldRemove input.projectId': { takes: ['Project'], ask: (id) => ({ query: act('eventYieldRemove', 'EventYieldInput'), input: { delegationId: myTrip, projectId: id } }) },
  'Mutation.eventYieldRemove input.signingId': { takes: ['Signing'], ask: (id) => ({ query: act('eventYieldRemove', 'EventYieldInput'), input: { delegationId: myTrip, signingId: id } }) },
  'Query.disputes filter.projectId': { takes: ['Project'], ask: (id) => ({ query: `{ disputes(filter: { projectId: "${id}" }) { totalCount nodes { id } } }` }) },
  'Query.reportCredits filter.departmentIds': { takes: ['Department'], ask: (id) => ({ query: `{ reportCredits(milestone: reported, from: "2020-01-01", to: "2030-01-01", by: STAFF, filter: { departmentIds: ["${id}"] }) { projects rows { credit } } }` }) },
  'Query.reportCredits filter.ownerIds': { takes: ['Staff'], ask: (id) => ({ query: `{ reportCredits(milestone: reported, from: "2020-01-01", to: "2030-01-01", by: STAFF, filter: { ownerIds: ["${id}"] }) { projects rows { credit } } }` }) },
  'Query.reportCredits filter.parkIds': { takes: ['Park'], ask: (id) => ({ query: `{ reportCredits(milestone: reported, from: "2020-01-01", to: "2030-01-01", by: STAFF, filter: { parkIds: ["${id}"] }) { projects rows { credit } } }` }) },
  'Mutation.disputeRaise input.rivalProjectId': { takes: ['Project'], ask: (id) => ({ query: act('disputeRaise', 'DisputeRaiseInput'), input: { rivalProjectId: id, name: '新项目', ground: '先行接洽' } }) },
  'Mutation.disputeEvidenceAdd input.disputeId': { takes: ['Dispute'], ask: (id) => ({ query: act('disputeEvidenceAdd', 'DisputeEvidenceAddInput'), input: { disputeId: id, kind: 'OTHER', note: '照片' } }) },
  'Mutation.disputeEvidenceAdd input.fileId': { takes: ['StoredFile'], ask: (id) => ({ query: act('disputeEvidenceAdd', 'DisputeEvidenceAddInput'), input: { disputeId: myDispute, kind: 'OTHER', note: '照片', fileId: id } }) },
  'Mutation.disputeWithdraw input.disputeId': { takes: ['Dispute'], ask: (id) => ({ query: act('disputeWithdraw', 'DisputeWithdrawInput'), input: { disputeId: id, ...version } }) },
  'Mutation.disputeDecide input.disputeId': { takes: ['Dispute'], as: (z) => z.manager, ask: (id) => ({ query: act('disputeDecide', 'DisputeDecideInput'), input: { disputeId: id, ruling: 'FIRST_STANDS', note: '以首报为准', ...version } }) },
  'Mutation.disputeDecide input.shares.staffId': { takes: ['Staff'], as: (z) => z.manager, ask: (id) => ({ query: act('disputeDecide', 'DisputeDecideInput'), input: { disputeId: myDispute, ruling: 'SHARED', note: '共同', shares: [{ staffId: id, share: '1' }], ...version } }) },
  'Mutation.reminderCreate input.projectId': { takes: ['Project'], ask: (id) => ({ query: act('reminderCreate', 'ReminderCreateInput'), input: { text: '事', day: '2030-01-02', projectId: id } }) },
  'Mutation.reminderEdit input.reminderId': { takes: ['Reminder'], ask: (id) => ({ query: act('reminderEdit', 'ReminderEditInput'), input: { reminderId: id, text: '事', ...version } }) },
  'Mutation.reminderCancel input.reminderId': { takes: ['Reminder'], ask: (id) => ({ query: act('reminderCancel', 'ReminderCancelInput'), input: { reminderId: id, ...version } }) },
  'Mutation.reminderReassign input.reminderId': { takes: ['Reminder'], ask: (id) => ({ query: act('reminderReassign', 'ReminderReassignInput'), input: { reminderId: id, toStaffId: `Staff:${newId()}`, ...version } }) },
  'Mutation.reminderReassign input.toStaffId': { takes: ['Staff'], ask: (id) => ({ query: act('reminderReassign', 'ReminderReassignInput'), input: { reminderId: myReminder, toStaffId: id, ...version } }) },
  'Mutation.reminderMute input.projectId': { takes: ['Project'], ask: (id) => ({ query: act('reminderMute', 'ReminderMuteInput'), input: { projectId: id } }) },
  'Mutation.reminderUnmute input.muteId': { takes: ['ReminderMute'], ask: (id) => ({ query: act('reminderUnmute', 'ReminderUnmuteInput'), input: { muteId: id, ...version } }) },
  'Mutation.remindersComplete input.items.reminderId': { takes: ['Reminder'], ask: (id) => ({ query: `mutation($input: RemindersCompleteInput!) { act: remindersComplete(input: $input) { items { reminderId reminder { id } error { code message path } } ${errors} } }`, input: { items: [{ reminderId: id, ...version }] } }) },
  'Mutation.remindersSnooze input.items.reminderId': { takes: ['Reminder'], ask: (id) => ({ query: `mutation($input: RemindersSnoozeInput!) { act: remindersSnooze(input: $input) { items { reminderId reminder { id } error { code message path } } ${errors} } }`, input: { items: [{ reminderId: id, ...version }], preset: 'NEXT_WORKING_DAY' } }) },
  'Mutation.remindersReopen input.items.reminderId': { takes: ['Reminder'], ask: (id) => ({ query: `mutation($input: RemindersReopenInput!) { act: remindersReopen(input: $input) { items { reminderId reminder { id } error { code message path } } ${errors} } }`, input: { items: [{ reminderId: id, ...version }] } }) },
  'Mutation.reminderSnooze input.reminderId': { takes: ['Reminder'], ask: (id) => ({ query: act('reminderSnooze', 'ReminderSnoozeInput'), input: { reminderId: id, preset: 'NEXT_WORKING_DAY', ...version } }) },
  ...Object.fromEntries((['Project', 'Enterprise', 'Contact'] as const).flatMap((kind) => (['survivorId', 'otherId'] as const).map((field) => [`Mutation.${kind.toLowerCase()}Merge input.${field}`, {
    takes: [kind], as: (z: ReminderZone) => z.manager,
    ask: (id: string, own: string) => ({ query: act(`${kind.toLowerCase()}Merge`, `${kind}MergeInput`), input: { survivorId: own, otherId: own, [field]: id, expectedVersion: 1, otherExpectedVersion: 1, reason: '同一' } }),
  } satisfies Probe]))),
  'Query.mergePreview survivorId': { takes: ['Project', 'Enterprise', 'Contact'], as: (z) => z.manager, ask: (id, own) => ({ query: `{ mergePreview(kind: ${id.split(':')[0]!.toUpperCase().replace(/[^A-Z]/g, '') === 'ENTERPRISE' ? 'ENTERPRISE' : id.startsWith('Contact:') ? 'CONTACT' : 'PROJECT'}, survivorId: ${JSON.stringify(id)}, otherId: "${own}") { blockers } }` }) },
  'Query.mergePreview otherId': { takes: ['Project'], as: (z) => z.manager, ask: (id, own) => ({ query: `{ mergePreview(kind: PROJECT, survivorId: "${own}", otherId: ${JSON.stringify(id)}) { blockers } }` }) },
  'Mutation.mergeUndo input.actId': { takes: ['UndoAct'], as: (z) => z.manager, ask: (id) => ({ query: act('mergeUndo', 'UndoInput'), input: { actId: id } }) },
  'Mutation.deletionUndo input.actId': { takes: ['UndoAct'], ask: (id) => ({ query: act('deletionUndo', 'UndoInput'), input: { actId: id } }) },
  'Mutation.bulkUndo input.actId': { takes: ['UndoAct'], as: (z) => z.manager, ask: (id) => ({ query: act('bulkUndo', 'UndoInput'), input: { actId: id } }) },
  'Mutation.stageUndo input.projectId': { takes: ['Project'], as: (z) => z.manager, ask: (id) => ({ query: act('stageUndo', 'StageUndoInput'), input: { projectId: id, reason: '误批', ...version } }) },
  'Mutation.projectDelete input.projectId': { takes: ['Project'], as: (z) => z.manager, ask: (id) => ({ query: act('projectDelete', 'ProjectDeleteInput'), input: { projectId: id, reason: '误报', ...version } }) },
  'Mutation.visitDelete input.visitId': { takes: ['Visit'], ask: (id) => ({ query: act('visitDelete', 'VisitDeleteInput'), input: { visitId: id, reason: '误录', ...version } }) },
  'Mutation.signingDelete input.signingId': { takes: ['Signing'], ask: (id) => ({ query: act('signingDelete', 'SigningDeleteInput'), input: { signingId: id, reason: '误录', ...version } }) },
  'Mutation.projectBulkEdit input.projectIds': { takes: ['Project'], as: (z) => z.manager, ask: (id) => ({ query: `mutation($input: ProjectBulkEditInput!) { act: projectBulkEdit(input: $input) { changed items { error { code message } } ${errors} } }`, input: { projectIds: [id], class: 'A' } }) },
  'Mutation.projectBulkEdit input.assigneeId': { takes: ['Staff'], as: (z) => z.manager, ask: (id, own) => ({ query: act('projectBulkEdit', 'ProjectBulkEditInput'), input: { projectIds: [own], assigneeId: id } }) },
  'Mutation.projectBulkEdit input.departmentId': { takes: ['Department'], as: (z) => z.manager, ask: (id, own) => ({ query: act('projectBulkEdit', 'ProjectBulkEditInput'), input: { projectIds: [own], departmentId: id } }) },
  'Mutation.projectBulkEdit input.parkId': { takes: ['Park'], as: (z) => z.manager, ask: (id, own) => ({ query: act('projectBulkEdit', 'ProjectBulkEditInput'), input: { projectIds: [own], parkId: id } }) },
  'Mutation.projectHandOver input.fromId': { takes: ['Staff'], as: (z) => z.manager, ask: (id) => ({ query: act('projectHandOver', 'ProjectHandOverInput'), input: { fromId: id, toId: `Staff:${zone.recruiter.staffId}` } }) },
  'Mutation.projectHandOver input.toId': { takes: ['Staff'], as: (z) => z.manager, ask: (id) => ({ query: act('projectHandOver', 'ProjectHandOverInput'), input: { fromId: `Staff:${zone.as.AGENT.staffId}`, toId: id } }) },
  'Mutation.projectHandOver input.departmentId': { takes: ['Department'], as: (z) => z.manager, ask: (id) => ({ query: act('projectHandOver', 'ProjectHandOverInput'), input: { fromId: `Staff:${zone.as.AGENT.staffId}`, toId: `Staff:${zone.recruiter.staffId}`, departmentId: id } }) },
  'Query.contacts filter.projectId': { takes: ['Project'], ask: (id) => ({ query: `{ contacts(filter: { projectId: "${id}" }) { totalCount nodes { id } } }` }) },
  'Query.contacts filter.enterpriseId': { takes: ['Enterprise'], ask: (id) => ({ query: `{ contacts(filter: { enterpriseId: "${id}" }) { totalCount nodes { id } } }` }) },
  'Mutation.contactCreate input.projectId': { takes: ['Project'], ask: (id) => ({ query: act('contactCreate', 'ContactCreateInput'), input: { projectId: id, name: '李明' } }) },
  'Mutation.contactCreate input.enterpriseId': { takes: ['Enterprise'], ask: (id) => ({ query: act('contactCreate', 'ContactCreateInput'), input: { enterpriseId: id, name: '李明' } }) },
  'Mutation.contactEdit input.contactId': { takes: ['Contact'], ask: (id) => ({ query: act('contactEdit', 'ContactEditInput'), input: { contactId: id, title: '总监', ...version } }) },
  'Mutation.contactArchive input.contactId': { takes: ['Contact'], ask: (id) => ({ query: act('contactArchive', 'ContactArchiveInput'), input: { contactId: id, ...version } }) },
  'Mutation.personExport input.contactId': { takes: ['Contact'], ask: (id) => ({ query: act('personExport', 'PersonExportInput'), input: { contactId: id, reason: '要求' } }), as: (zone) => zone.as.SECURITY_ADMIN, wholeZone: true },
  'Mutation.personCorrect input.contactId': { takes: ['Contact'], ask: (id) => ({ query: act('personCorrect', 'PersonCorrectInput'), input: { contactId: id, reason: '要求', newName: '周建国' } }), as: (zone) => zone.as.SECURITY_ADMIN, wholeZone: true },
  'Mutation.personErase input.contactId': { takes: ['Contact'], ask: (id) => ({ query: act('personErase', 'PersonEraseInput'), input: { contactId: id, reason: '要求' } }), as: (zone) => zone.as.SECURITY_ADMIN, wholeZone: true },
  'Mutation.contactReveal input.contactId': { takes: ['Contact'], ask: (id) => ({ query: act('contactReveal', 'ContactRevealInput'), input: { contactId: id, reason: '约见' } }) },
  'Mutation.enterpriseEdit input.enterpriseId': { takes: ['Enterprise'], ask: (id) => ({ query: act('enterpriseEdit', 'EnterpriseEditInput'), input: { enterpriseId: id, nature: '民营', ...version } }) },
  'Mutation.enterpriseSetParent input.enterpriseId': { takes: ['Enterprise'], ask: (id) => ({ query: act('enterpriseSetParent', 'EnterpriseSetParentInput'), input: { enterpriseId: id, ...version } }) },
  'Mutation.enterpriseSetParent input.parentId': { takes: ['Enterprise'], ask: (id) => ({ query: act('enterpriseSetParent', 'EnterpriseSetParentInput'), input: { enterpriseId: ownEnterprise, parentId: id, ...version } }) },
  'Mutation.enterpriseFactRecord input.enterpriseId': { takes: ['Enterprise'], ask: (id) => ({ query: act('enterpriseFactRecord', 'EnterpriseFactRecordInput'), input: { enterpriseId: id, key: '实缴资本', value: '5000 万元', source: '年报', asOf: '2026-05-01' } }) },
  'Mutation.investorProfileSet input.enterpriseId': { takes: ['Enterprise'], ask: (id) => ({ query: act('investorProfileSet', 'InvestorProfileSetInput'), input: { enterpriseId: id, expectedVersion: 0 } }) },
  'Mutation.projectEnterpriseAdd input.projectId': { takes: ['Project'], ask: (id) => ({ query: act('projectEnterpriseAdd', 'ProjectEnterpriseAddInput'), input: { projectId: id, enterprise: { name: '甲公司' }, role: 'INVESTOR', ...version } }) },
  'Mutation.projectEnterpriseAdd input.enterpriseId': { takes: ['Enterprise'], ask: (id, mine) => ({ query: act('projectEnterpriseAdd', 'ProjectEnterpriseAddInput'), input: { projectId: mine, enterpriseId: id, role: 'INVESTOR', ...version } }) },
  'Mutation.projectEnterpriseRemove input.projectId': { takes: ['Project'], ask: (id) => ({ query: act('projectEnterpriseRemove', 'ProjectEnterpriseRemoveInput'), input: { projectId: id, enterpriseId: ownEnterprise, role: 'INVESTOR', ...version } }) },
  'Mutation.projectEnterpriseRemove input.enterpriseId': { takes: ['Enterprise'], ask: (id, mine) => ({ query: act('projectEnterpriseRemove', 'ProjectEnterpriseRemoveInput'), input: { projectId: mine, enterpriseId: id, role: 'INVESTOR', ...version } }) },
  'Query.worksMilestones filter.projectId': { takes: ['Project'], ask: (id) => ({ query: `{ worksMilestones(filter: { projectId: "${id}" }) { totalCount nodes { id } } }` }) },
  'Query.worksMilestones filter.departmentIds': { takes: ['Department'], ask: (id) => ({ query: `{ worksMilestones(filter: { departmentIds: ["${id}"] }) { totalCount nodes { id } } }` }) },
  'Query.worksPauses filter.projectId': { takes: ['Project'], ask: (id) => ({ query: `{ worksPauses(filter: { projectId: "${id}" }) { totalCount nodes { id } } }` }) },
  'Query.worksPauses filter.departmentIds': { takes: ['Department'], ask: (id) => ({ query: `{ worksPauses(filter: { departmentIds: ["${id}"] }) { totalCount nodes { id } } }` }) },
  'Query.startPlans filter.projectId': { takes: ['Project'], ask: (id) => ({ query: `{ startPlans(filter: { projectId: "${id}" }) { totalCount nodes { id } } }` }) },
  'Query.startPlans filter.departmentIds': { takes: ['Department'], ask: (id) => ({ query: `{ startPlans(filter: { departmentIds: ["${id}"] }) { totalCount nodes { id } } }` }) },
  'Query.startFigures filter.departmentIds': { takes: ['Department'], ask: (id) => ({ query: `{ startFigures(asOf: "2026-06-15", filter: { departmentIds: ["${id}"] }) { planned { count } } }` }) },
  'Query.startFigures filter.parkIds': { takes: ['Park'], ask: (id) => ({ query: `{ startFigures(asOf: "2026-06-15", filter: { parkIds: ["${id}"] }) { planned { count } } }` }) },
  'Query.worksExpected projectId': { takes: ['Project'], ask: (id) => ({ query: `{ worksExpected(projectId: "${id}") { code } }` }) },
  'Mutation.worksPlan input.projectId': { takes: ['Project'], as: (z) => z.otherService, ask: (id) => ({ query: act('worksPlan', 'WorksPlanInput'), input: { projectId: id, items: [{ code: 'COMPLETION', plannedOn: '2026-12-31' }] } }) },
  'Mutation.worksRevise input.milestoneId': { takes: ['WorksMilestone'], as: (z) => z.otherService, ask: (id) => ({ query: act('worksRevise', 'WorksReviseInput'), input: { milestoneId: id, revisedOn: '2027-01-31', reason: '雨季', ...version } }) },
  'Mutation.worksReach input.projectId': { takes: ['Project'], as: (z) => z.otherService, ask: (id) => ({ query: act('worksReach', 'WorksReachInput'), input: { projectId: id, code: 'COMPLETION', expectedVersion: 0, reachedOn: '2026-06-10' } }) },
  'Mutation.worksReach input.fileIds': { takes: ['StoredFile'], as: (z) => z.otherService, ask: (id) => ({ query: act('worksReach', 'WorksReachInput'), input: { projectId: called, code: 'COMPLETION', expectedVersion: 0, reachedOn: '2026-06-10', fileIds: [id] } }) },
  'Mutation.worksVoid input.milestoneId': { takes: ['WorksMilestone'], as: (z) => z.otherService, ask: (id) => ({ query: act('worksVoid', 'WorksVoidInput'), input: { milestoneId: id, reason: '误录', ...version } }) },
  'Mutation.worksSuspend input.projectId': { takes: ['Project'], as: (z) => z.otherService, ask: (id) => ({ query: act('worksSuspend', 'WorksSuspendInput'), input: { projectId: id, suspendedOn: '2026-06-10', reason: '雨季' } }) },
  'Mutation.worksResume input.pauseId': { takes: ['WorksPause'], as: (z) => z.otherService, ask: (id) => ({ query: act('worksResume', 'WorksResumeInput'), input: { pauseId: id, resumedOn: '2026-06-10', ...version } }) },
  'Mutation.worksResumptionRecord input.projectId': { takes: ['Project'], as: (z) => z.otherService, ask: (id) => ({ query: act('worksResumptionRecord', 'WorksResumptionRecordInput'), input: { projectId: id, resumedOn: '2026-06-10' } }) },
  'Mutation.worksPauseVoid input.pauseId': { takes: ['WorksPause'], as: (z) => z.otherService, ask: (id) => ({ query: act('worksPauseVoid', 'WorksPauseVoidInput'), input: { pauseId: id, reason: '误录', ...version } }) },
  'Mutation.startPlanAdd input.projectIds': { takes: ['Project'], as: (z) => z.otherService, ask: (id) => ({ query: act('startPlanAdd', 'StartPlanAddInput'), input: { projectIds: [id], year: 2026 } }) },
  'Mutation.startPlanRemove input.startPlanId': { takes: ['StartPlan'], as: (z) => z.otherService, ask: (id) => ({ query: act('startPlanRemove', 'StartPlanRemoveInput'), input: { startPlanId: id, reason: '土地未落实', ...version } }) },
  'Query.reportsDue filter.departmentIds': { takes: ['Department'], ask: (id) => ({ query: `{ reportsDue(filter: { departmentIds: ["${id}"] }) { totalCount nodes { id } } }` }) },
  'Query.reportGaps filingId': { takes: ['ReportFiling'], ask: (id) => ({ query: `{ reportGaps(filingId: "${id}", check: NEXT_STEPS) { totalCount nodes { id } } }` }) },
  'Query.noProgress filter.departmentIds': { takes: ['Department'], ask: (id) => ({ query: `{ noProgress(month: "2026-05-01", filter: { departmentIds: ["${id}"] }) { totalCount nodes { id } } }` }) },
  'Query.noProgress filter.ownerIds': { takes: ['Staff'], ask: (id) => ({ query: `{ noProgress(month: "2026-05-01", filter: { ownerIds: ["${id}"] }) { totalCount nodes { id } } }` }) },
  'Mutation.reportFile input.filingId': { takes: ['ReportFiling'], as: (z) => z.groupLeader, ask: (id) => ({ query: act('reportFile', 'ReportFileInput'), input: { filingId: id, ...version } }) },
  'Mutation.reportFile input.fileId': { takes: ['StoredFile'], as: (z) => z.groupLeader, ask: (id) => ({ query: act('reportFile', 'ReportFileInput'), input: { filingId: myFiling, fileId: id, ...version } }) },
  'Mutation.reportExcuse input.filingId': { takes: ['ReportFiling'], as: (z) => z.groupLeader, ask: (id) => ({ query: act('reportExcuse', 'ReportExcuseInput'), input: { filingId: id, reason: '出差', ...version } }) },
  'Mutation.reportWithdraw input.filingId': { takes: ['ReportFiling'], as: (z) => z.groupLeader, ask: (id) => ({ query: act('reportWithdraw', 'ReportWithdrawInput'), input: { filingId: id, reason: '误报', ...version } }) },
  'Mutation.noProgressExplain input.projectId': { takes: ['Project'], ask: (id) => ({ query: act('noProgressExplain', 'NoProgressExplainInput'), input: { projectId: id, month: '2026-05-01', reason: 'LAND', words: '用地未定' } }) },
  'Mutation.noProgressCorrect input.noteId': { takes: ['NoProgressNote'], ask: (id) => ({ query: act('noProgressCorrect', 'NoProgressCorrectInput'), input: { noteId: id, words: '用地未定', ...version } }) },
  'Mutation.noProgressWithdraw input.noteId': { takes: ['NoProgressNote'], ask: (id) => ({ query: act('noProgressWithdraw', 'NoProgressWithdrawInput'), input: { noteId: id, why: '误录', ...version } }) },
};

/** Everybody of a zone sees its people, units and parks: a hidden one is not to be had there. */
const OPEN_IN_ZONE: readonly Kind[] = ['Department', 'Staff', 'Park', 'LedgerImport', 'PoolEntry', 'PublicProblem'];

const MALFORMED = [' ', 'Project', 'Project:', 'Project:x', 'Zone:00000000-0000-7000-8000-000000000000', "Project:' or 1=1--", '9'.repeat(500)];

let t: TestDatabase;
let api: TestApi;
let zone: ReminderZone;
let foreign: Records;
let hidden: Records;
let mine: string;
/** A list of the caller's own unit, and a target on it. */
let myList: string;
let myTarget: string;
/** A lead of the caller's own. */
let mineAsLead: string;
/** An import of the asking zone with a row that waits for a decision. */
let waitingImport: string;
/** An agreement of the caller's own project. */
let mySigning: string;
/** The recruiter's own signed project, and a handoff of another to the service centre. */
let mySignedProject: string;
let myHandoff: string;
/** A report of the group leader's own unit. */
let myFiling: string;
/** A commitment of that project, and another project of the caller's that meetings decide on. */
let myCommitment: string;
/** An arrival of that project. */
let myArrival: string;
/** Calls of that project that the caller's group leads: one that waits, one that was taken in charge. */
let myCall: string;
let myTakenCall: string;
/** Addressed to the caller; and a project that has started and is the service centre's. */
let myEscalation: string;
let startedHanded: string;
let large: string;
/** A taskforce of another project that the manager sees. */
let myTaskforce: string;
/** An event that the asking recruiter opened. */
let myTrip: string;
const trip = { kind: 'TRIP', name: '出访', fromOn: '2026-06-10', toOn: '2026-06-12' };
/** A project that the other service centre has, and its permits in the states that acts need. */
let handed: string;
let myPermits: Record<'ready' | 'running' | 'stopped' | 'promised', string>;
/** A robot of the asking zone. */
let myRobot: string;
/** A dispute that the asking recruiter raised. */
let myDispute: string;
/** An enterprise that the caller made. */
let ownEnterprise: string;
/** A project to which the second service centre was called. */
let called: string;
/** A reminder of the caller's own. */
let myReminder: string;

beforeAll(async () => {
  t = await testDatabase();
  await publishCalendar(t.owner);
  api = await testApi(t);
  zone = await reminderZone(t.owner);
  foreign = await records(await reminderZone(t.owner));
  hidden = await records(zone);
  mine = `Project:${await zone.project({ name: '自己的项目', stage: 'SIGNED' })}`;
  const one = async (sql: string, params: unknown[]) => (await t.owner.query<{ id: string }>(`${sql} returning id`, params)).rows[0]!.id;
  const list = await one(`insert into target_list (zone_id, name, department_id, created_at) values ($1, '自己的清单', $2, now())`, [zone.id, zone.departments.group]);
  myList = `TargetList:${list}`;
  myTarget = `TargetEnterprise:${await one(`insert into target_enterprise (zone_id, list_id, name, folded_name, created_at) values ($1, $2, '甲', '甲', now())`, [zone.id, list])}`;
  mineAsLead = `Project:${await zone.project({ name: '自己的线索', stage: 'LEAD' })}`;
  ownEnterprise = `Enterprise:${(await t.owner.query<{ id: string }>(`insert into enterprise (zone_id, name, folded_name, core_name, created_by) values ($1, '自己的企业', '自己的企业', '自己的企业', $2) returning id`, [zone.id, zone.recruiter.staffId])).rows[0]!.id}`;
  const { rows } = await t.owner.query<{ id: string }>(`insert into ledger_import (zone_id, file_name, sha256, state, created_by) values ($1, 'x.xlsx', sha256('w'), 'WAITING', $2) returning id`, [zone.id, zone.manager.staffId]);
  const disputed = await zone.project({ name: '同组同事的项目' });
  const { rows: [dispute] } = await t.owner.query<{ id: string }>(`insert into first_report_dispute (zone_id, number, project_id, holder_id, claimant_id, claimed_name, ground) values ($1, 'ZY-0', $2, $3, $4, '甲', '先') returning id`, [zone.id, disputed, zone.colleague.staffId, zone.recruiter.staffId]);
  const { rows: [event] } = await t.owner.query<{ id: string }>(`insert into delegation (zone_id, kind, name, from_on, to_on, created_by) values ($1, 'EVENT', '推介会', '2026-06-10', '2026-06-12', $2) returning id`, [zone.id, zone.recruiter.staffId]);
  myTaskforce = `Taskforce:${await one(`insert into taskforce (zone_id, project_id, formed_on) values ($1, $2, '2026-06-10')`, [zone.id, mineAsLead.split(':')[1]])}`;
  myTrip = `Delegation:${event!.id}`;
  myRobot = `ChannelEndpoint:${await one(`insert into channel_endpoint (zone_id, kind, name, address_sealed, hint, created_by) values ($1, 'WECOM', '自己的群', 'x', 'x', $2)`, [zone.id, zone.as.SYSTEM_ADMIN.staffId])}`;
  myDispute = `Dispute:${dispute!.id}`;
  myFiling = `ReportFiling:${await one(`insert into report_filing (zone_id, department_id, code, label_zh, label_en, period_on, month, from_on, due_on, due_at, provisional, rule) ${FILING}`, [zone.id, zone.departments.group])}`;
  myCommitment = `Commitment:${(await t.owner.query<{ id: string }>(`insert into commitment (zone_id, project_id, side, kind, content, created_by) values ($1, $2, 'ZONE', 'LAND', '供地', $3) returning id`, [zone.id, mine.split(':')[1], zone.recruiter.staffId])).rows[0]!.id}`;
  myArrival = `CapitalArrival:${await one(`insert into capital_arrival (zone_id, project_id, nature, form, origin, arrived_on, amount, currency, counts_for_year, recorded_by) values ($1, $2, 'DOMESTIC', 'LAND', 'LOCAL', '2026-06-10', 1, 'CNY', 2026, $3)`, [zone.id, mine.split(':')[1], zone.recruiter.staffId])}`;
  const whistled = (seq: number, state: string) => one(`insert into service_call (zone_id, project_id, year, seq, number, type, type_zh, type_en, title, content, round_on, lead_department_id, raised_by, report_in_due_on, resolve_due_on) values ($1, $2, 2026, $3::int, 'CS-' || $3::int, 'OTHER', '其他', 'Other', $4, 'x', '2026-06-12', $5, $6, '2026-06-15', '2026-06-19')`, [zone.id, mine.split(':')[1], seq, state, zone.departments.group, zone.recruiter.staffId]);
  myCall = `ServiceCall:${await whistled(1, '待报到')}`;
  myTakenCall = `ServiceCall:${await whistled(2, '已报到')}`;
  await t.owner.query(`update service_call set state = 'REPORTED_IN', reported_in_at = now() where seq = 2`);
  myEscalation = `Escalation:${(await t.owner.query<{ id: string }>(`insert into escalation (zone_id, project_id, level, level_zh, level_en, matter, opened_on, opened_by, to_staff_id, due_on) values ($1, $2, 'TALK', '约谈', 'talk', '进度', '2026-06-12', $3, $3, '2026-06-19') returning id`, [zone.id, mine.split(':')[1], zone.recruiter.staffId])).rows[0]!.id}`;
  startedHanded = `Project:${await zone.project({ name: '已开工项目', stage: 'STARTED' })}`;
  await t.owner.query('insert into project_department (zone_id, project_id, department_id) values ($1, $2, $3)', [zone.id, startedHanded.split(':')[1], zone.departments.service]);
  myReminder = `Reminder:${await one(`insert into reminder (zone_id, kind, cause, project_id, recipient_id, due_on, due_at) values ($1, 'IDLE', 'mine', $2, $3, '2026-06-12', '2026-06-12T01:00:00Z')`, [zone.id, mine.split(':')[1], zone.recruiter.staffId])}`;
  called = `Project:${await zone.project({ name: '服务项目', stage: 'STARTED' })}`;
  await t.owner.query('insert into project_department (zone_id, project_id, department_id) values ($1, $2, $3)', [zone.id, called.split(':')[1], zone.otherServiceId]);
  large = `Project:${await zone.project({ name: '大项目' })}`;
  await t.owner.query('update project set total_amount = 500000000 where id = $1', [large.split(':')[1]]);
  mySigning = `Signing:${(await t.owner.query<{ id: string }>(`insert into signing (zone_id, project_id, kind, signed_on, party_name, recorded_by) values ($1, $2, 'CONTRACT', '2026-06-12', '甲方', $3) returning id`, [zone.id, mine.split(':')[1], zone.recruiter.staffId])).rows[0]!.id}`;
  handed = `Project:${await zone.project({ name: '他方承接的项目', stage: 'SIGNED' })}`;
  await t.owner.query(`insert into project_member (zone_id, project_id, staff_id, role) values ($1, $2, $3, 'TASKFORCE')`, [zone.id, handed.split(':')[1], zone.otherService.staffId]);
  const permit = async (code: string, ...sets: string[]) => {
    const id = await one(`insert into permit (zone_id, project_id, code, position, label_zh, label_en, department_id, may_promise) values ($1, $2, $3, 1, 'x', 'x', $4, true)`, [zone.id, handed.split(':')[1], code, zone.otherServiceId]);
    for (const set of sets) await t.owner.query(`update permit set ${set} where id = $1`, [id]);
    return `Permit:${id}`;
  };
  const applied = `state = 'APPLIED', applied_on = '2026-06-01', round = 1`;
  myPermits = { ready: await permit('READY'), running: await permit('RUNNING', applied), stopped: await permit('STOPPED', applied, `state = 'SUPPLEMENT', stopped_on = '2026-06-02'`), promised: await permit('PROMISED', `${applied}, promise = 'x', promise_due_on = '2026-06-30'`) };
  mySignedProject = `Project:${await zone.project({ name: '自己的签约项目', stage: 'SIGNED' })}`;
  myHandoff = `Handoff:${(await t.owner.query<{ id: string }>('insert into handoff (zone_id, project_id, to_department_id, submitted_by) values ($1, $2, $3, $4) returning id', [zone.id, await zone.project({ name: '自己移交的项目', stage: 'SIGNED' }), zone.departments.service, zone.recruiter.staffId])).rows[0]!.id}`;
  waitingImport = `LedgerImport:${rows[0]!.id}`;
  await t.owner.query(`insert into ledger_row (import_id, zone_id, ord, sheet, row, identity, action) values ($1, $2, 0, '项目', 2, 'x', 'HOLD')`, [rows[0]!.id, zone.id]);
});
afterAll(async () => {
  await api.stop();
  await t.stop();
});

/** A record of each kind that belongs to a stranger of that zone: another bureau's recruiter. */
const FILING = `values ($1, $2, 'SHEET', '周报', 'Sheet', '2026-06-19', '2026-05-01', '2026-06-12', '2026-06-19', '2026-06-19T02:00:00Z', false, '{"filers":["GROUP_LEADER"],"checks":["NEXT_STEPS"],"unmet":"WARN","late":[],"remindWorkingDaysBefore":[],"stages":["NEGOTIATING"]}')`;

async function records(of: ReminderZone): Promise<Records> {
  const owner = of.stranger.staffId!;
  const project = await of.project({ name: '别人的项目', stage: 'SIGNED', ownerId: owner, departmentId: of.departments.otherBureau });
  const add = async (sql: string, ...params: unknown[]) => (await t.owner.query<{ id: string }>(`insert into ${sql} returning id`, params)).rows[0]!.id;
  const file = await add(`stored_file (zone_id, sha256, name, media_type, size, created_by) values ($1, sha256('x'), 'x.pdf', 'application/pdf', 1, $2)`, of.id, owner);
  const list = await add(`target_list (zone_id, name, department_id, created_at) values ($1, '别人的清单', $2, now())`, of.id, of.departments.otherBureau);
  const taskforce = await add(`taskforce (zone_id, project_id, formed_on) values ($1, $2, '2026-06-10')`, of.id, project);
  const handoff = await add('handoff (zone_id, project_id, to_department_id, submitted_by) values ($1, $2, $3, $4)', of.id, project, of.departments.service, owner);
  const call = await add(`service_call (zone_id, project_id, year, seq, number, type, type_zh, type_en, title, content, round_on, lead_department_id, raised_by, report_in_due_on, resolve_due_on) values ($1, $2, 2026, 9, 'CS-9', 'OTHER', '其他', 'Other', '停电', '停电', '2026-06-12', $3, $4, '2026-06-15', '2026-06-19')`, of.id, project, of.departments.otherBureau, owner);
  const ids = {
    Taskforce: taskforce,
    TaskforceMember: await add(`taskforce_member (zone_id, taskforce_id, staff_id, role, since_on) values ($1, $2, $3, 'AGENT', '2026-06-10')`, of.id, taskforce, owner),
    TargetList: list,
    TargetEnterprise: await add(`target_enterprise (zone_id, list_id, name, folded_name, created_at) values ($1, $2, '乙', '乙', now())`, of.id, list),
    Enterprise: await add(`enterprise (zone_id, name, folded_name, core_name, created_by) values ($1, '丙', '丙', '丙', $2)`, of.id, owner),
    Project: project,
    Department: of.departments.otherBureau,
    Staff: owner,
    Park: of.parkId,
    StoredFile: file,
    StageRequest: await add(`stage_request (zone_id, project_id, from_stage, to_stage, requested_by) values ($1, $2, 'SIGNED', 'LANDED', $3)`, of.id, project, owner),
    Handoff: handoff,
    HandoffItem: await add(`handoff_item (zone_id, handoff_id, position, code, label_zh, label_en) values ($1, $2, 1, 'land', '用地', 'Land')`, of.id, handoff),
    Reminder: await add(`reminder (zone_id, kind, cause, project_id, recipient_id, due_on, due_at) values ($1, 'IDLE', $2::text, $2::uuid, $3, '2026-06-12', '2026-06-12T01:00:00Z')`, of.id, project, owner),
    ReminderMute: await add(`reminder_mute (zone_id, staff_id, project_id) values ($1, $2, $3)`, of.id, owner, project),
    Visit: await add(`visit (zone_id, project_id, visited_on, direction, content, staff_id) values ($1, $2, '2026-06-12', 'OUTBOUND', '拜访', $3)`, of.id, project, owner),
    Delegation: await add(`delegation (zone_id, kind, name, from_on, to_on, created_by) values ($1, 'EVENT', '别人的活动', '2026-06-10', '2026-06-12', $2)`, of.id, owner),
    ChannelEndpoint: await add(`channel_endpoint (zone_id, kind, name, address_sealed, hint, created_by) values ($1, 'WECOM', '群', 'x', 'x', $2)`, of.id, owner),
    Job: await add(`outbox (job, data, completed_at, failure) values ('imports.apply', jsonb_build_object('zoneId', $1::uuid), now(), 'x')`, of.id),
    Delivery: await add(`delivery (zone_id, channel, staff_id, slot, next_at) values ($1, 'MAIL', $2, 'D:x', now())`, of.id, owner),
    CalendarFeed: await add(`calendar_feed (zone_id, staff_id, name, secret_hash) values ($1, $2, '手机', sha256($3::text::bytea))`, of.id, owner, newId()),
    Signing: await add(`signing (zone_id, project_id, kind, signed_on, party_name, recorded_by) values ($1, $2, 'FRAMEWORK', '2026-06-12', '甲方', $3)`, of.id, project, owner),
    Contact: await add(`contact (zone_id, project_id, name) values ($1, $2, '周总')`, of.id, project),
    UndoAct: await add(`undo_act (zone_id, kind, entity, subject_id, other_id, project_id, title, done_by, until_on) values ($1, 'MERGE', 'project', $2, $3, $2, 'x', $4, '2100-01-01')`, of.id, project, newId(), owner),
    Milestone: (await t.owner.query<{ id: string }>('select id from milestone where project_id = $1 limit 1', [project])).rows[0]?.id ?? newId(),
    ProjectDecision: await add(`project_decision (zone_id, project_id, chain, step, position, meeting_on, result, recorded_by) values ($1, $2, 'major', 'investmentCommittee', 1, '2026-06-12', 'PASSED', $3)`, of.id, project, owner),
    AdmissionSheet: await add(`admission_sheet (zone_id, project_id, round, points, total, pass_at, scored_by) values ($1, $2, 1, '[]', 80, 60, $3)`, of.id, project, owner),
    WorksMilestone: await add(`works_milestone (zone_id, project_id, code, name_zh, name_en, planned_on) values ($1, $2, 'COMPLETION', '竣工', 'Completion', '2026-12-31')`, of.id, project),
    WorksPause: await add(`works_pause (zone_id, project_id, suspended_on, reason) values ($1, $2, '2026-05-01', '雨季')`, of.id, project),
    ReportFiling: await add(`report_filing (zone_id, department_id, code, label_zh, label_en, period_on, month, from_on, due_on, due_at, provisional, rule) ${FILING}`, of.id, of.departments.otherBureau),
    NoProgressNote: await add(`no_progress_note (zone_id, project_id, month, reason, reason_zh, reason_en, content, said_by) values ($1, $2, '2026-05-01', 'LAND', '用地', 'Land', '用地未定', $3)`, of.id, project, owner),
    StartPlan: await add('start_plan (zone_id, project_id, year) values ($1, $2, 2026)', of.id, project),
    Commitment: await add(`commitment (zone_id, project_id, side, kind, content, review_state, created_by) values ($1, $2, 'ZONE', 'SUBSIDY', '奖补', 'PENDING', $3)`, of.id, project, owner),
    Permit: await add(`permit (zone_id, project_id, code, position, label_zh, label_en) values ($1, $2, 'FILING', 1, 'x', 'x')`, of.id, project),
    Deadline: await add(`deadline (zone_id, project_id, kind, subject_id, due_on) values ($1, $2, 'PERMIT', $2, '2026-06-12')`, of.id, project),
    InvestmentActual: await add(`investment_actual (zone_id, project_id, month, amount, reported_on, reported_by) values ($1, $2, '2026-05-01', 1, '2026-06-01', $3)`, of.id, project, owner),
    CapitalArrival: await add(`capital_arrival (zone_id, project_id, nature, form, origin, arrived_on, amount, currency, counts_for_year, recorded_by) values ($1, $2, 'DOMESTIC', 'LAND', 'LOCAL', '2026-06-10', 1, 'CNY', 2026, $3)`, of.id, project, owner),
    ServiceCall: call,
    ServiceCallLink: await add(`service_call_link (zone_id, project_id, kind, secret_hash, expires_at) values ($1, $2, 'RAISE', sha256(uuid_send(gen_random_uuid())), '2100-01-01')`, of.id, project),
    PublicProblem: await add(`service_call_publication (zone_id, project_id, call_id, title, content, reason, published_by) values ($1, $2, $3, '停电', '停电', '督办', $4)`, of.id, project, call, of.as.LEADER.staffId),
    ProjectLight: await add(`project_light (zone_id, project_id, rule, light, award, measure, value, since_on, streak_id) values ($1, $2, 'PERMIT', 'YELLOW', false, 'PERMIT_OVERDUE', 1, '2026-06-12', $2)`, of.id, project),
    ReminderEscalation: await add(`reminder_escalation (zone_id, project_id, reminder_id, matter, kind, rule, step, level, subject, from_staff_id, to_staff_id, since_on, opened_on) select zone_id, project_id, id, cause, kind, kind, 1, 'GROUP_LEADER', 'x', recipient_id, $3, due_on, due_on from reminder where zone_id = $1 and project_id = $2 limit 1`, of.id, project, of.as.LEADER.staffId),
    Escalation: await add(`escalation (zone_id, project_id, level, level_zh, level_en, matter, opened_on, opened_by, to_staff_id, due_on) values ($1, $2, 'TALK', '约谈', 'talk', '进度', '2026-06-12', $3, $3, '2026-06-19')`, of.id, project, owner),
    StatisticsEntry: await add(`statistics_entry (zone_id, project_id, kind, entered_on, name, recorded_by) values ($1, $2, 'STATISTICS', '2026-06-12', '某项目', $3)`, of.id, project, owner),
    GateBypass: await add(`gate_bypass (zone_id, project_id, from_stage, to_stage, reason, missing, bypassed_by) values ($1, $2, 'RESERVE', 'NEGOTIATING', '先行', '[{"item":"visit"}]', $3)`, of.id, project, of.manager.staffId),
    Dispute: await add(`first_report_dispute (zone_id, number, project_id, holder_id, claimant_id, claimed_name, ground) values ($1, 'ZY-1', $2, $3, $4, '甲', '先')`, of.id, project, owner, of.as.AGENT.staffId),
    StatusRequest: await add(`status_request (zone_id, project_id, act, from_status, to_status, state, reason_code, requested_by) values ($1, $2, 'WITHDRAW', 'ACTIVE', 'WITHDRAWN', 'WAITING', 'NO_PROGRESS', $3)`, of.id, project, owner),
    PoolEntry: await add(`pool_entry (zone_id, project_id, stage, how, reason_code) values ($1, $2, 'LEAD', 'MANUAL', 'NO_PROGRESS')`, of.id, await of.project({ stage: 'LEAD', status: 'POOLED', ownerId: null, departmentId: null })),
    LedgerImport: await add(`ledger_import (zone_id, file_id, file_name, sha256, created_by) values ($1, $2, 'x.xlsx', sha256('x'), $3)`, of.id, file, owner),
  };
  return Object.fromEntries(Object.entries(ids).map(([kind, id]) => [kind, `${kind}:${id}`])) as Records;
}

/** The whole answer as text, with the id itself taken out. */
async function answer(probe: Probe, id: string): Promise<string> {
  const who = probe.as?.(zone) ?? zone.recruiter;
  const { query, input } = probe.ask(id, mine);
  const response = await api.request(who, '/graphql', { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ query, ...(input ? { variables: { input } } : {}) }) });
  const body = (await response.json()) as { extensions?: unknown };
  delete body.extensions;
  return `${response.status} ${JSON.stringify(body)}`.replaceAll(id, '<id>').replaceAll(id.split(':')[1]!, '<uuid>');
}

describe.each(Object.entries(PROBES))('%s', (_name, probe) => {
  it.each(probe.takes)('tells no foreign %s from a missing one', async (kind) => {
    const missing = await answer(probe, `${kind}:${newId()}`);
    expect(await answer(probe, foreign[kind])).toBe(missing);
    if (!OPEN_IN_ZONE.includes(kind) && !probe.wholeZone) expect(await answer(probe, hidden[kind])).toBe(missing);
    // The probe itself is well made: it was refused for the id, not for anything else.
    expect(missing).not.toMatch(/INTERNAL_SERVER_ERROR|FORBIDDEN|UNAUTHENTICATED|GRAPHQL_|got invalid value|TOO_LONG|REQUIRED/);
  });

  it('answers malformed ids cleanly', async () => {
    for (const id of MALFORMED) expect(await answer(probe, id)).not.toContain('INTERNAL_SERVER_ERROR');
  });
});

describe('files', () => {
  it('tell no foreign or hidden id from a missing one', async () => {
    const get = async (id: string) => {
      const response = await api.request(zone.recruiter, `/files/${encodeURIComponent(id)}`);
      return `${response.status} ${await response.text()}`;
    };
    const missing = await get(`StoredFile:${newId()}`);
    expect(missing).toMatch(/^404 /);
    for (const id of [foreign.StoredFile, hidden.StoredFile, 'StoredFile:x', 'x', foreign.Project]) expect(await get(id)).toBe(missing);
  });
});

it('has a row for every argument that takes an id', () => {
  const schema = buildSchema(readFileSync('apps/api/schema.graphql', 'utf8'));
  const paths = (type: GraphQLInputType, seen: string[] = []): string[] => {
    const named = getNamedType(type);
    if (named.name === 'ID') return [''];
    if (!isInputObjectType(named) || seen.includes(named.name)) return [];
    return Object.values(named.getFields()).flatMap((f) => paths(f.type, [...seen, named.name]).map((p) => `.${f.name}${p}`));
  };
  const all = Object.values(schema.getTypeMap()).filter(isObjectType).filter((type) => !type.name.startsWith('__'))
    .flatMap((type) => Object.values(type.getFields()).flatMap((f) => f.args.flatMap((arg) => paths(arg.type).map((p) => `${type.name}.${f.name} ${arg.name}${p}`))));
  expect(all.filter((path) => !(path in PROBES)).sort()).toEqual([]);
});
