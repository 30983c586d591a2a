import { Field, ID, InputType, Int } from '@nestjs/graphql';
import { ArrayMaxSize, Max, MaxLength, Min } from 'class-validator';
import { DateScalar } from '../graphql/scalars.js';
import { PermitMeasureEnum } from './permits.types.js';

const KEY = 'At most 255 characters; the same key with the same input within 7 days gives the first result and does nothing.';
const DAYS = 'Working days from application to grant, 1 to 365; null: no limit.';

@InputType({ description: 'The permits that the zone\'s list asks of a project.' })
export class PermitsOpenInput {
  @MaxLength(255) @Field(() => String, { nullable: true, description: KEY }) idempotencyKey?: string | null;
  @Field(() => ID, { description: 'The project.' }) projectId!: string;
}
@InputType({ description: 'A permit beside those of the list, or one of the list that was not thought to be needed.' })
export class PermitAddInput {
  @MaxLength(255) @Field(() => String, { nullable: true, description: KEY }) idempotencyKey?: string | null;
  @Field(() => ID, { description: 'The project.' }) projectId!: string;
  @MaxLength(40) @Field(() => String, { nullable: true, description: 'Code of a step of the zone\'s list, whose settings it takes where nothing else is said; or a new one in capitals. OTHER_n when absent.' }) code?: string | null;
  @MaxLength(60) @Field(() => String, { nullable: true, description: 'Its name; required unless the code is of the list.' }) label?: string | null;
  @MaxLength(80) @Field(() => String, { nullable: true, description: 'Its name in English.' }) labelEn?: string | null;
  @ArrayMaxSize(20) @MaxLength(40, { each: true }) @Field(() => [String], { nullable: true, description: 'Codes of permits of the project that are done before it.' }) after?: string[] | null;
  @Min(1) @Max(365) @Field(() => Int, { nullable: true, description: DAYS }) workingDays?: number | null;
  @Min(1) @Max(365) @Field(() => Int, { nullable: true, description: 'The same on the express lane; null: as usual.' }) expressWorkingDays?: number | null;
  @Field(() => ID, { nullable: true, description: 'Who handles it; the department that took the project over when absent.' }) departmentId?: string | null;
  @Field(() => ID, { nullable: true, description: 'The person there.' }) staffId?: string | null;
  @Field(() => PermitMeasureEnum, { nullable: true, description: 'How its time is told; DAYS when absent.' }) measured?: keyof typeof PermitMeasureEnum | null;
  @ArrayMaxSize(20) @MaxLength(60, { each: true }) @Field(() => [String], { nullable: true, description: 'Papers that prove it.' }) evidence?: string[] | null;
  @Field(() => Boolean, { nullable: true, description: '告知承诺 is possible; false when absent.' }) mayPromise?: boolean | null;
  @MaxLength(1000) @Field(() => String, { nullable: true, description: 'Note.' }) note?: string | null;
}
@InputType({ description: 'A paper of a permit.' })
export class PermitFileInput {
  @Field(() => ID, { description: 'A file that the caller uploaded.' }) fileId!: string;
  @MaxLength(60) @Field(() => String, { nullable: true, description: 'Which of the papers it is.' }) label?: string | null;
}
@InputType({ isAbstract: true })
abstract class PermitDecisionInput {
  @MaxLength(255) @Field(() => String, { nullable: true, description: KEY }) idempotencyKey?: string | null;
  @Field(() => ID, { description: 'The permit.' }) permitId!: string;
  @Field(() => Int, { description: 'Version of the permit that the caller has seen.' }) expectedVersion!: number;
}
@InputType({ isAbstract: true })
abstract class PermitPaperInput extends PermitDecisionInput {
  @ArrayMaxSize(20) @Field(() => [PermitFileInput], { nullable: true, description: 'Papers that come with it.' }) files?: PermitFileInput[] | null;
}
@InputType({ description: 'A change of a permit; absent means unchanged, null clears. Name, order, time and department are changed by those who have the project.' })
export class PermitEditInput extends PermitPaperInput {
  @MaxLength(60) @Field(() => String, { nullable: true, description: 'Its name.' }) label?: string | null;
  @MaxLength(80) @Field(() => String, { nullable: true, description: 'Its name in English.' }) labelEn?: string | null;
  @ArrayMaxSize(20) @MaxLength(40, { each: true }) @Field(() => [String], { nullable: true, description: 'Codes of permits that are done before it; before it is applied for.' }) after?: string[] | null;
  @Min(1) @Max(365) @Field(() => Int, { nullable: true, description: DAYS }) workingDays?: number | null;
  @Min(1) @Max(365) @Field(() => Int, { nullable: true, description: 'The same on the express lane; null: as usual.' }) expressWorkingDays?: number | null;
  @Field(() => ID, { nullable: true, description: 'Who handles it.' }) departmentId?: string | null;
  @Field(() => ID, { nullable: true, description: 'The person of that department.' }) staffId?: string | null;
  @Field(() => Boolean, { nullable: true, description: '绿色通道; the clock follows.' }) express?: boolean | null;
  @MaxLength(100) @Field(() => String, { nullable: true, description: 'Number of the certificate.' }) number?: string | null;
  @Field(() => DateScalar, { nullable: true, description: 'Last day of its validity.' }) validUntil?: string | null;
  @MaxLength(1000) @Field(() => String, { nullable: true, description: 'Note.' }) note?: string | null;
}
@InputType({ description: 'A permit that the project does not need.' })
export class PermitSkipInput extends PermitDecisionInput {
  @MaxLength(500) @Field(() => String, { nullable: true, description: 'Why; required.' }) reason?: string | null;
}
@InputType({ description: '告知承诺: what follows after the grant.' })
export class PermitPromiseInput {
  @MaxLength(500) @Field({ description: 'What follows.' }) content!: string;
  @Field(() => DateScalar, { nullable: true, description: 'By when; the zone\'s usual number of working days when absent.' }) dueOn?: string | null;
}
@InputType({ description: 'An application that was taken.' })
export class PermitApplyInput extends PermitPaperInput {
  @Field(() => DateScalar, { nullable: true, description: 'On which day; today when absent.' }) appliedOn?: string | null;
  @Field(() => Boolean, { nullable: true, description: '绿色通道; as it stands when absent.' }) express?: boolean | null;
  @Field(() => Boolean, { nullable: true, description: '联合预审; as it stands when absent.' }) joint?: boolean | null;
  @Field(() => PermitPromiseInput, { nullable: true, description: '告知承诺, where the step allows it.' }) promise?: PermitPromiseInput | null;
  @Field(() => Boolean, { nullable: true, description: '容缺受理: taken although something before it is not done; on the express lane or a promise, as the zone allows.' }) tolerate?: boolean | null;
  @MaxLength(500) @Field(() => String, { nullable: true, description: 'Note.' }) note?: string | null;
}
@InputType({ description: 'More is asked for: the clock stands.' })
export class PermitSupplementInput extends PermitPaperInput {
  @Field(() => DateScalar, { nullable: true, description: 'On which day; today when absent. Days after it do not count.' }) onDay?: string | null;
  @MaxLength(500) @Field(() => String, { nullable: true, description: 'What has to be supplied; required.' }) reason?: string | null;
}
@InputType({ description: 'What was asked for is there: the clock goes on.' })
export class PermitResumeInput extends PermitPaperInput {
  @Field(() => DateScalar, { nullable: true, description: 'On which day; today when absent. Days after it count again.' }) onDay?: string | null;
  @MaxLength(500) @Field(() => String, { nullable: true, description: 'Note.' }) note?: string | null;
}
@InputType({ description: 'A grant.' })
export class PermitGrantInput extends PermitPaperInput {
  @Field(() => DateScalar, { nullable: true, description: 'Where it was not applied for yet: on which day; the day of the grant when absent.' }) appliedOn?: string | null;
  @Field(() => DateScalar, { nullable: true, description: 'On which day; today when absent.' }) grantedOn?: string | null;
  @MaxLength(100) @Field(() => String, { nullable: true, description: 'Number of the certificate.' }) number?: string | null;
  @Field(() => DateScalar, { nullable: true, description: 'Last day of its validity.' }) validUntil?: string | null;
  @Min(1) @Max(100_000) @Field(() => Int, { nullable: true, description: 'Minutes that it took, of steps measured in minutes.' }) minutes?: number | null;
  @MaxLength(500) @Field(() => String, { nullable: true, description: 'Note.' }) note?: string | null;
}
@InputType({ description: 'A refusal.' })
export class PermitRefuseInput extends PermitPaperInput {
  @Field(() => DateScalar, { nullable: true, description: 'On which day; today when absent.' }) refusedOn?: string | null;
  @MaxLength(500) @Field(() => String, { nullable: true, description: 'Why; required.' }) reason?: string | null;
}
@InputType({ description: 'What was promised has followed.' })
export class PermitPromiseKeepInput extends PermitPaperInput {
  @Field(() => DateScalar, { nullable: true, description: 'On which day; today when absent.' }) keptOn?: string | null;
  @MaxLength(500) @Field(() => String, { nullable: true, description: 'Note.' }) note?: string | null;
}
@InputType({ description: 'Takes the last step of a permit back.' })
export class PermitReopenInput extends PermitDecisionInput {
  @MaxLength(500) @Field(() => String, { nullable: true, description: 'Why; required.' }) reason?: string | null;
}
