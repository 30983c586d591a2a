export { CreditsService, type CreditQuestion, type CreditSheet } from './credits.service.js';
export { FoldingService } from './folding.service.js';
export { PipelineModule } from './pipeline.module.js';
export { BUCKETS, DIMENSIONS, FLOWS, type Bucket, type Dimension, type Flow, type Sums } from './pipeline.rules.js';
export { answeredByCube, endOfDay, PipelineService, type Cell, type DimensionFigure, type DimensionFlow, type Figure, type FlowFigures, type Question, type StageFigure, type Stock, type StockFigures } from './pipeline.service.js';
export type { PipelineFilter, Slot } from './scope.sql.js';
