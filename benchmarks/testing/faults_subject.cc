#include "benchmarks/testing/faults.h"
#include "lib/subject/subject_main.h"

int main() { return cowbench::SubjectMain(cowbench::MakeFaultsCatalog()); }
