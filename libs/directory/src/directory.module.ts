import { Module } from '@nestjs/common';
import { DirectoryReads } from './directory.reads.js';
import { Passwords } from './passwords.js';
import { PolicyService } from './policy.service.js';
import { SignInService } from './sign-in.service.js';
import { StaffService } from './staff.service.js';
import { TokensService } from './tokens.service.js';
import { ZonesService } from './zones.service.js';

const services = [DirectoryReads, PolicyService, SignInService, StaffService, TokensService, ZonesService];

/** Zones, their people, their rules, and how people come in. Database and Clock come from the app. */
@Module({ providers: [Passwords, ...services], exports: services })
export class DirectoryModule {}
