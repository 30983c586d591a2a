export { bind, demandActive, demandVersion, lockProject, projectVisibility, type ProjectRow, type ProjectStatus, type Stage } from './projects.access.js';
export { MILESTONE_OF_STAGE, nextStages, STAGE_LABELS, STAGES } from './stages.stage.js';
export { firstReportFacts, milestoneFacts, projectFacts, signingFacts, stageRequestFacts, visitFacts } from './project.facts.js';
