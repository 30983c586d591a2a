import { Module } from '@nestjs/common';
import { DirectoryReads } from './directory.reads.js';
import { SignInService } from './sign-in.service.js';
import { ZonesService } from './zones.service.js';

const services = [DirectoryReads, SignInService, ZonesService];

/** Zones, their people and how they come in. */
@Module({ providers: services, exports: services })
export class DirectoryModule {}
