/** Levels of domain.md C3: L1 block, L2 must decide, L3 warn, L4 hint. */
export type DuplicateLevel = 'L1' | 'L2' | 'L3' | 'L4';
