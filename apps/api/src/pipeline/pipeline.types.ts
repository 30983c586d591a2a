import { Field, ID, InputType, Int, ObjectType } from '@nestjs/graphql';
import { DIMENSIONS, type Question } from '@yinfeng/pipeline';
import { ArrayMaxSize, MaxLength } from 'class-validator';
import * as E from '../graphql/enums.js';
import { DateScalar, DecimalScalar } from '../graphql/scalars.js';

export const PipelineDimensionEnum = E.describedEnum('PipelineDimension', 'What a figure can be broken down by.', {
  DEPARTMENT: 'Unit in charge.', STAFF: 'Person in charge.', PARK: 'Park.', INDUSTRY: 'Division of GB/T 4754 (C39).', SOURCE_REGION: 'Province or country of origin.', CAPITAL_SOURCE: '内资 or 外资.', SIZE: 'Size class by total investment.',
} satisfies Record<(typeof DIMENSIONS)[number], string>);

/** What every figure has; its projects are a field of their own. */
@ObjectType({ isAbstract: true })
export abstract class FigureFields {
  @Field(() => Int, { description: 'How many projects.' }) count!: number;
  @Field(() => DecimalScalar, { description: 'Total investment in 元 of those stated in CNY. Currencies are never converted or added.' }) totalInvestment!: string;
  @Field(() => DecimalScalar, { description: 'Total investment in US dollars of those stated in USD.' }) foreignInvestment!: string;
  @Field(() => DecimalScalar, { description: 'Fixed-asset investment in 元.' }) fixedInvestment!: string;
  @Field({ description: 'The rule of the figure in words, in the language of the caller.' }) rule!: string;
  /** Not shown: what the figure counts, for listing it. */
  question!: Question;
}

@ObjectType({ description: 'A number of projects with their amounts; it lists exactly the projects that it counts.' })
export class PipelineFigure extends FigureFields {}

@ObjectType({ description: 'The projects that stand at one stage.' })
export class StageFigure extends FigureFields {
  @Field(() => E.StageEnum, { description: 'The stage.' }) stage!: string;
  @Field({ description: 'What the zone called the stage at that time.' }) label!: string;
}

@ObjectType({ description: 'The projects that stand under one key of a dimension, at all stages together and at each.' })
export class DimensionFigure extends FigureFields {
  @Field(() => String, { nullable: true, description: 'The key as filters take it (a global id for units, persons and parks); null where projects have none.' }) key!: string | null;
  @Field({ description: 'Its name.' }) label!: string;
  @Field(() => PipelineFigure, { description: '储备.' }) reserve!: PipelineFigure;
  @Field(() => PipelineFigure, { description: '洽谈.' }) negotiating!: PipelineFigure;
  @Field(() => PipelineFigure, { description: '签约.' }) signed!: PipelineFigure;
  @Field(() => [StageFigure], { description: 'Every stage in order, zero included.' }) stages!: StageFigure[];
}

@ObjectType({ description: 'Stock: which projects stand where at a moment. Only active projects stand anywhere.' })
export class PipelineStock {
  @Field(() => Date, { description: 'The moment.' }) asOf!: Date;
  @Field(() => PipelineFigure, { description: '储备, by the stages that the zone counts to it.' }) reserve!: PipelineFigure;
  @Field(() => PipelineFigure, { description: '洽谈, by the stages that the zone counts to it.' }) negotiating!: PipelineFigure;
  @Field(() => PipelineFigure, { description: '签约, by the stages that the zone counts to it.' }) signed!: PipelineFigure;
  @Field(() => [StageFigure], { description: 'Every stage in order, zero included.' }) stages!: StageFigure[];
}

@ObjectType({ isAbstract: true })
abstract class FlowFields {
  @Field(() => PipelineFigure, { description: '首报.' }) reported!: PipelineFigure;
  @Field(() => PipelineFigure, { description: '进入储备.' }) reserved!: PipelineFigure;
  @Field(() => PipelineFigure, { description: '进入洽谈.' }) negotiated!: PipelineFigure;
  @Field(() => PipelineFigure, { description: '签约.' }) signed!: PipelineFigure;
  @Field(() => PipelineFigure, { description: '落位.' }) landed!: PipelineFigure;
  @Field(() => PipelineFigure, { description: '开工.' }) started!: PipelineFigure;
  @Field(() => PipelineFigure, { description: '投产.' }) producing!: PipelineFigure;
}

@ObjectType({ description: 'What was reached in the period under one key of a dimension.' })
export class DimensionFlow extends FlowFields {
  @Field(() => String, { nullable: true, description: 'The key as filters take it (a global id for units, persons and parks); null where projects have none.' }) key!: string | null;
  @Field({ description: 'Its name.' }) label!: string;
}

@ObjectType({ description: 'Flow: distinct projects that reached a milestone in a period, by its counting day. Later withdrawals still count.' })
export class PipelineFlow extends FlowFields {
  @Field(() => DateScalar, { description: 'First day.' }) from!: string;
  @Field(() => DateScalar, { description: 'Last day, included.' }) to!: string;
}

@InputType({ description: 'Which projects are counted; every given condition must hold.' })
export class PipelineFilter {
  @ArrayMaxSize(7) @Field(() => [E.StageEnum], { nullable: true, description: 'Stages.' }) stages?: (keyof typeof E.StageEnum)[] | null;
  @ArrayMaxSize(100) @Field(() => [ID], { nullable: true, description: 'Departments, with those below them.' }) departmentIds?: string[] | null;
  @ArrayMaxSize(100) @Field(() => [ID], { nullable: true, description: 'Persons in charge.' }) ownerIds?: string[] | null;
  @ArrayMaxSize(100) @Field(() => [ID], { nullable: true, description: 'Parks.' }) parkIds?: string[] | null;
  @ArrayMaxSize(50) @MaxLength(8, { each: true }) @Field(() => [String], { nullable: true, description: 'GB/T 4754 sections or divisions (C, C39).' }) industries?: string[] | null;
  @ArrayMaxSize(50) @MaxLength(20, { each: true }) @Field(() => [String], { nullable: true, description: 'Provinces or countries of origin.' }) sourceRegions?: string[] | null;
  @ArrayMaxSize(3) @Field(() => [E.CapitalSourceEnum], { nullable: true, description: 'Capital sources.' }) capitalSources?: (keyof typeof E.CapitalSourceEnum)[] | null;
  @ArrayMaxSize(7) @Field(() => [E.SizeClassEnum], { nullable: true, description: 'Size classes.' }) sizeClasses?: (keyof typeof E.SizeClassEnum)[] | null;
  @Field(() => DecimalScalar, { nullable: true, description: 'Total investment from this many 元 on, itself included; other currencies at the fixed reference rate of size classes.' }) minTotal?: string | null;
}
