export type { DuplicateLevel } from './duplicates.rules.js';
export { compareFolded, compareProjects, foldSketch } from './duplicates.rules.js';
export type { DuplicateReason, DuplicateVerdict, FoldedSketch, ProjectSketch } from './duplicates.rules.js';
export { companyStem, coreName, diceSimilarity, distinguishingMarks, foldName, looksLikeCompany, nameSimilarity } from './company-name.rules.js';
export { judgeUscc, normaliseUscc, readUsccCell, usccCheckCharacter } from './uscc.rules.js';
export type { UsccReading, UsccState } from './uscc.rules.js';
export { enterpriseFacts } from './enterprise.facts.js';
export { EnterprisesService, type EnterpriseFilter, type EnterpriseInput } from './enterprises.service.js';
