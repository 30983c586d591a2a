export type { DuplicateLevel } from './duplicates.rules.js';
export { compareEnterprises, compareFolded, compareProjects, DUPLICATE_REASONS, foldSketch, USUAL_LIMITS } from './duplicates.rules.js';
export type { DuplicateLimits, DuplicateReason, DuplicateVerdict, EnterpriseSketch, FoldedSketch, ProjectSketch } from './duplicates.rules.js';
export { simplified } from './simplified.rules.js';
export { companyStem, coreName, FOLD_VERSION, diceSimilarity, distinguishingMarks, foldName, looksLikeCompany, nameSimilarity } from './company-name.rules.js';
export { judgeUscc, normaliseUscc, readUsccCell, usccCheckCharacter } from './uscc.rules.js';
export type { UsccReading, UsccState } from './uscc.rules.js';
export { enterpriseFacts } from './enterprise.facts.js';
export { EnterprisesService, type EnterpriseFilter, type EnterpriseInput } from './enterprises.service.js';
