#!/bin/bash
# All checks against one server: all.sh URL TOKEN [--slow]
set -euo pipefail
url=${1:?URL, e.g. http://127.0.0.1:3000}; token=${2:?TOKEN of an ordinary person}; slow=${3:-}
cd "$(dirname "$0")"
graphql=$url/graphql; socket=${graphql/http/ws}; bearer="Bearer $token"
config=$(mktemp); trap 'rm -f "$config"' EXIT
sed "s|\"headers\": {}|\"headers\": { \"authorization\": \"$bearer\" }|" hostile.config.json > "$config"
# Lists that need no pages, short by nature: parts of one record (its amounts, parties, milestones, evidence, what it misses), at most 20 duplicates, the seven stages, the rules and dictionaries of a zone.
whole=$(paste -sd, <<'LISTS'
Project.amounts
Project.enterprises
Project.amountParts
Project.phases
Project.warnings
Project.tags
Signing.fulfilledBy
Signing.supplementedBy
Project.decisions
Project.decisionRecords
Project.admissions
AdmissionForm.criteria
AdmissionForm.vetoes
AdmissionSheet.points
AdmissionSheet.vetoes
Project.commitments
Project.arrivals
Project.moneyWarnings
ProjectInvestment.months
ProjectInvestment.plans
InvestmentPlan.history
InvestmentActual.history
InvestmentBatchPayload.items
Query.investmentBases
CapitalArrival.evidence
CapitalArrival.warnings
ArrivalFigure.unconverted
ArrivalTotal.excluded
Project.milestones
Project.permits
Permit.dependsOn
Permit.waitsFor
Permit.tolerated
Permit.evidence
Permit.missingEvidence
Permit.files
Permit.events
PermitPlan.steps
PermitFigures.rows
Project.gate
Project.nextStages
NextStage.missing
GateBypass.missing
Project.signings
Handoff.checklist
Signing.evidence
Visit.met
Query.duplicates
LeadReportPayload.duplicates
PipelineStock.stages
DimensionFigure.stages
WorkingCalendarYear.days
ImportSheet.columns
ImportSheet.skippedRows
ImportRow.warnings
ImportRow.raw
ImportRow.fields
ImportRow.changes
ImportRow.candidates
LedgerImport.warnings
LedgerImport.sheets
LedgerImport.questions
LedgerImport.fileWarnings
LedgerImport.conflicts
LeadSources.sources
LeadSources.channels
LeadCompleteness.missing
LeadExtraction.fields
Project.targets
Project.expansions
Taskforce.members
Taskforce.history
Taskforce.departments
Taskforce.missingRoles
Taskforce.warnings
Taskforce.duties
TaskforcePayload.warnings
DutyCheck.members
DutyCheck.visits
DutyGap.members
DutyGap.visits
DutyToDo.members
DutyToDo.visits
TaskforceDay.roles
TaskforceDay.due
TaskforceDay.duties
TaskforceDay.nextMilestones
TargetList.counts
TargetAddPayload.items
TargetAssignPayload.targets
PolicyBook.stages
PolicyBook.policies
StagePolicy.gate
Policy.versions
Dispute.evidence
Dispute.shares
CreditSheet.rows
DuplicateComparison.rows
Visit.files
Visit.suggestedProjects
VisitFigures.rows
Delegation.members
Delegation.leads
Delegation.signings
Query.statusReasons
StatusReason.acts
Query.lights
Query.deadlineFigures
Project.firstReports
MergePreview.fields
MergePreview.moves
UndoAct.leftBehind
BulkPayload.items
Enterprise.formerNames
Enterprise.facts
Enterprise.children
EnterpriseGroup.members
EnterprisePayload.warnings
Project.contacts
Enterprise.contacts
ContactPayload.proposals
PersonPreview.contacts
PersonPreview.found
PersonPreview.kept
PersonRequestPayload.found
PersonRequestPayload.kept
Query.personalDataBases
WeeklySheet.groups
WeeklySheetGroup.categories
LISTS
)
node graphql-http-audit.mjs "$graphql" --strict --header 'apollo-require-preflight: 1' --header "authorization: $bearer"
node hostile-queries.mjs "$graphql" --config "$config" $slow
node ws-check.mjs "$socket" --require-auth --subscription 'subscription { reminderDelivered { id } }' --init "{\"authorization\":\"$bearer\"}"
node ws-parity.mjs "$socket" --init "{\"authorization\":\"$bearer\"}" --circular 'project(id: "Project:0"),lastVisit,project'
node relay-check.mjs "$graphql" --header "authorization: $bearer" --allow-lists "$whole"
