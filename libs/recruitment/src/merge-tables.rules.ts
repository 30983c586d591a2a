/**
 * What becomes of everything that names a record when it is merged into another: one line for each column of the
 * database. A test compares this list with the catalogue; a new table fails it until it has its line here.
 */
export type MergeKind = 'project' | 'enterprise' | 'contact';

export interface Reference {
  table: string;
  column: string;
  /**
   * MOVE: goes to the record that stays; what that one has already remains with the one that went, hidden and kept.
   * KEEP: stays as it is, for the reason beside it.
   */
  how: 'MOVE' | 'KEEP';
  /** What the rows are, for the preview; MOVE only. */
  zh?: string;
  en?: string;
  /** Why it stays; KEEP only. */
  why?: string;
}

const move = (table: string, column: string, zh: string, en: string): Reference => ({ table, column, how: 'MOVE', zh, en });
const keep = (table: string, column: string, why: string): Reference => ({ table, column, how: 'KEEP', why });

/** In the order in which they move. */
export const REFERENCES: Record<MergeKind, readonly Reference[]> = {
  project: [
    move('visit', 'project_id', '走访', 'Visits'),
    move('signing', 'project_id', '签约', 'Signings'),
    move('evidence', 'project_id', '佐证材料', 'Evidence'),
    move('milestone', 'project_id', '里程碑', 'Milestones'),
    move('stage_request', 'project_id', '阶段申请', 'Stage requests'),
    move('status_request', 'project_id', '状态申请', 'Status requests'),
    move('pool_entry', 'project_id', '公海记录', 'Stays in the pool'),
    move('gate_bypass', 'project_id', '绕过关口记录', 'Gates bypassed'),
    move('project_decision', 'project_id', '决策会议', 'Decision meetings'),
    move('admission_sheet', 'project_id', '准入评分', 'Admission sheets'),
    move('commitment', 'project_id', '承诺事项', 'Commitments'),
    move('project_amount_part', 'project_id', '金额构成', 'Parts of amounts'),
    move('works_milestone', 'project_id', '建设节点', 'Construction milestones'),
    move('works_revision', 'project_id', '节点调整', 'Milestones put off'),
    move('works_file', 'project_id', '建设照片', 'Photos of construction'),
    move('works_pause', 'project_id', '停复工', 'Works stopped and resumed'),
    move('start_plan', 'project_id', '开复工计划', 'Plans of starts'),
    move('handoff', 'project_id', '移交', 'Handoffs'),
    move('project_enterprise', 'project_id', '参与企业', 'Enterprises'),
    move('project_member', 'project_id', '参与人员', 'People'),
    move('project_amount', 'project_id', '金额', 'Amounts'),
    move('contact', 'project_id', '联系人', 'Contacts'),
    move('reminder', 'project_id', '提醒', 'Reminders'),
    move('personal_reminder', 'project_id', '个人提醒', 'Personal reminders'),
    move('reminder_transfer', 'project_id', '提醒转交记录', 'Reminders handed over'),
    move('reminder_mute', 'project_id', '静音设置', 'Silences'),
    move('investment_plan', 'project_id', '投资计划', 'Investment plans'),
    move('investment_actual', 'project_id', '投资完成', 'Investment done'),
    move('capital_arrival', 'project_id', '到位资金', 'Capital arrivals'),
    move('project_department', 'project_id', '参与部门', 'Departments called'),
    move('taskforce', 'project_id', '专班', 'Taskforces'),
    move('permit', 'project_id', '证照手续', 'Permits'),
    move('service_call', 'project_id', '吹哨诉求', 'Service calls'),
    move('service_call_entry', 'project_id', '诉求办理记录', 'Entries of service calls'),
    move('service_call_link', 'project_id', '吹哨链接', 'Links to raise service calls'),
    move('service_call_publication', 'project_id', '挂牌问题', 'Problems listed'),
    move('target_enterprise', 'project_id', '目标企业', 'Target enterprises'),
    move('event_yield', 'project_id', '活动成果', 'Events that brought it'),
    move('follow_up_turn', 'project_id', '下一步调整', 'Next steps set anew'),
    move('no_progress_note', 'project_id', '无进展说明', 'Reasons for months without progress'),
    move('statistics_entry', 'project_id', '入规入统', 'Entries into statistics'),
    move('escalation', 'project_id', '督办', 'Escalations'),
    move('reminder_escalation', 'project_id', '提醒升级', 'Reminders that went up'),
    move('ledger_row', 'project_id', '台账行', 'Ledger rows'),
    keep('project_link', 'project_id', 'an open link of the project that goes stops the merge; ended ones are its own story'),
    keep('project_link', 'parent_id', 'as above'),
    keep('first_report', 'project_id', 'written once; the project that stays shows all, the earliest counts'),
    keep('lead_triage', 'project_id', 'the clocks of a lead tell of that lead alone'),
    keep('lead_referrer', 'project_id', 'written once; the project that stays shows the earliest of all'),
    keep('receipt_link', 'project_id', 'append-only; a receipt proves the report of the project that it was given for'),
    keep('first_report_dispute', 'project_id', 'a dispute is about one first report, which stays; an open one stops the merge'),
    keep('first_report_dispute', 'rival_project_id', 'as above'),
    keep('credit_ruling', 'project_id', 'a ruling is about one first report, which stays'),
    keep('pool_warning', 'project_id', 'tells of the silence of that project alone'),
    keep('duplicate_decision', 'first_project_id', 'what was decided about two records was decided about them'),
    keep('duplicate_decision', 'second_project_id', 'as above'),
    keep('duplicate_finding', 'first_project_id', 'closed by the merge; the next scan looks at the project that stays'),
    keep('duplicate_finding', 'second_project_id', 'as above'),
    keep('pipeline_movement', 'project_id', 'append-only; the books reverse the project that goes'),
    keep('report_gap', 'project_id', 'frozen with the report that was handed in'),
    keep('permit_file', 'project_id', 'goes with its permit'),
    keep('permit_event', 'project_id', 'goes with its permit'),
    keep('deadline', 'project_id', 'kept by the records that are due: it follows them'),
    keep('project_light', 'project_id', 'worked out anew from what is due: the sweep puts it out and shows that of the project that stays'),
    keep('undo_act', 'project_id', 'what was done to the project that went is its own story'),
  ],
  enterprise: [
    move('project_enterprise', 'enterprise_id', '参与项目', 'Projects'),
    move('project', 'enterprise_id', '主投资方项目', 'Projects led'),
    move('visit', 'enterprise_id', '走访', 'Visits'),
    move('contact', 'enterprise_id', '联系人', 'Contacts'),
    move('enterprise', 'parent_id', '下属企业', 'Subsidiaries'),
    move('service_call', 'enterprise_id', '吹哨诉求', 'Service calls'),
    keep('enterprise_name_history', 'enterprise_id', 'former names of the record that went; imports reach the one that stays through it'),
    keep('enterprise_fact', 'enterprise_id', 'what a source said of that record'),
    keep('investor_profile', 'enterprise_id', 'one for each record; that of the one that stays counts'),
    keep('duplicate_decision', 'first_enterprise_id', 'what was decided about two records was decided about them'),
    keep('duplicate_decision', 'second_enterprise_id', 'as above'),
    keep('duplicate_finding', 'first_enterprise_id', 'closed by the merge; the next scan looks at the enterprise that stays'),
    keep('duplicate_finding', 'second_enterprise_id', 'as above'),
  ],
  contact: [
    keep('service_call', 'contact_id', 'who called then; the record that went answers under its old id'),
    keep('service_call_link', 'contact_id', 'as above: the link was given to that person'),
    keep('contact_reveal', 'contact_id', 'append-only; who looked at which record'),
    keep('personal_data_due', 'contact_id', 'looked for anew every day; a record that is gone is no longer proposed'),
  ],
};

export const moving = (kind: MergeKind): readonly Reference[] => REFERENCES[kind].filter((r) => r.how === 'MOVE');
