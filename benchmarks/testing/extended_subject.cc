#include "benchmarks/testing/extended.h"
#include "lib/subject/subject_main.h"

int main() { return cowbench::SubjectMain(cowbench::MakeExtendedCatalog()); }
