export type { DuplicateLevel } from './duplicates.rules.js';
