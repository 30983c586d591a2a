export { ConstructionModule } from './construction.module.js';
export { HANDOFF_ACCEPTED, type AcceptedHandoff, type HandoffListener } from './handoffs/handoff-accepted.js';
export { DEADLINE_KINDS, DEADLINE_ORDERS, DEADLINE_WORDS, type DeadlineKind, type DeadlineOrder } from './deadlines/deadline.rules.js';
export { deadlineFacts } from './deadlines/deadlines.sql.js';
export { DeadlinesService, type DeadlineFigure, type DeadlineFilter } from './deadlines/deadlines.service.js';
export { DEFAULT_CHECKLIST, HANDOFF_STATES, handoffPolicy, type ChecklistItem, type HandoffState } from './handoffs/handoff.rules.js';
export { handoffFacts } from './handoffs/handoffs.sql.js';
export { HandoffsService, type HandoffAccept, type HandoffFilter, type HandoffReturn, type HandoffSubmit } from './handoffs/handoffs.service.js';
