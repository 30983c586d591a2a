export { departmentFacts, industryFacts, parkFacts, staffFacts } from './directory.facts.js';
