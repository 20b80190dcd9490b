package policy

// The HCL parser and evaluator have no limits of their own: a megabyte of
// brackets exhausts the stack, a few doubling locals the memory. These are the
// limits that keep every input cheap. Real policies are far below them.
const (
	maxSource        = 8 << 20   // bytes of all policy and variable files together
	maxTokens        = 1_200_000 // tokens of one file
	maxDepth         = 250       // nesting of a syntax tree
	maxNumber        = 64        // bytes of a number literal
	maxString        = 64 << 10  // bytes of a string value
	maxList          = 200_000   // elements of a list, lines of an origin file
	maxValueDepth    = 32        // nesting of a value
	maxValueSize     = 2 * maxList
	maxOriginFiles   = 64 << 20 // bytes of all origin files together
	maxEntries       = 500_000  // entries of all lists of a program
	maxEnvironments  = 100
	maxSites         = 100
	maxRoutes        = 5_000 // of all sites; each costs a line for each environment
	maxPath          = 1024  // bytes of a path
	maxDevPaths      = 1_000 // of all dev proxies
	maxCases         = 200_000
	maxCaseSize      = 100 // bytes of a request of a test that counts once
	maxTestName      = 200 // bytes
	maxSteps         = 3_000_000
	maxDiagnostics   = 10_000
	maxHints         = 100  // findings that come with a list of known names
	maxNumberBits    = 1024 // binary exponent of a number
	maxMessage       = 600  // bytes of a message that is not ours
	maxQuoted        = 80   // characters of a value in a message
	maxSuggestedName = 64   // bytes of a name that is compared with known ones
)
