import { type DynamicModule, Module } from '@nestjs/common';
import { APP_GUARD, APP_PIPE } from '@nestjs/core';
import { GraphQLModule } from '@nestjs/graphql';
import { ConstructionModule } from '@yinfeng/construction';
import { DirectoryModule, SignInService } from '@yinfeng/directory';
import { LedgersModule } from '@yinfeng/ledgers';
import { PipelineModule } from '@yinfeng/pipeline';
import { RecruitmentModule } from '@yinfeng/recruitment';
import { RemindersModule } from '@yinfeng/reminders';
import type { ApiOptions } from './api-options.js';
import { CanGuard } from './graphql/can.js';
import { YinfengDriver } from './graphql/driver.js';
import { GraphqlEdge } from './graphql/edge.js';
import { InputPipe } from './graphql/input.pipe.js';
import { DateScalar, DateTimeScalar, DecimalScalar, JsonScalar } from './graphql/scalars.js';
import { RequestContexts } from './http/request-context.js';
import { graphqlTransportError } from './http/server.js';
import { PlatformModule } from './platform.module.js';
import { resolvers } from './resolvers.js';
import { ACTOR_SOURCE } from './session/actor-source.js';

/** The libs that the API speaks for, in the order of the ladder. */
const LIBS = [DirectoryModule, RemindersModule, RecruitmentModule, ConstructionModule, PipelineModule, LedgersModule];
export const SCALARS = [DateScalar, DateTimeScalar, DecimalScalar, JsonScalar];

@Module({ imports: [DirectoryModule], providers: [{ provide: ACTOR_SOURCE, useExisting: SignInService }, RequestContexts], exports: [RequestContexts] })
class SessionModule {}

@Module({})
export class ApiModule {
  static for(options: ApiOptions, edge: GraphqlEdge): DynamicModule {
    return {
      module: ApiModule,
      imports: [
        PlatformModule.for(options),
        SessionModule,
        ...LIBS,
        GraphQLModule.forRootAsync({
          driver: YinfengDriver,
          imports: [SessionModule],
          inject: [RequestContexts],
          useFactory: (contexts: RequestContexts) => edge.driverConfig((request, reply) => contexts.ofHttp(request, reply), graphqlTransportError),
        }),
      ],
      providers: [{ provide: APP_GUARD, useClass: CanGuard }, { provide: APP_PIPE, useClass: InputPipe }, ...SCALARS, ...resolvers],
    };
  }
}
