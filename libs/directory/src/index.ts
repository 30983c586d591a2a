export { departmentFacts, industryFacts, parkFacts, staffFacts } from './directory.facts.js';
export { DEMO_ACCOUNTS, DEMO_PASSWORD, seedDemo } from './demo.js';
export { DirectoryModule } from './directory.module.js';
export { DIRECTORY_LISTS, DirectoryReads, type DirectoryList } from './directory.reads.js';
export { installDefaults } from './policy-defaults.js';
export { loadReferenceData } from './reference/reference-data.js';
export { hashPassword, SignInService, tokenHash, type Door, type SignInInput } from './sign-in.service.js';
export { ZonesService, type DepartmentCreate, type StaffCreate, type ZoneCreate } from './zones.service.js';
