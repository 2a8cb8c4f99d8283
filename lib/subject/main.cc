#include "lib/subject/subject_main.h"
#include "lib/workload/catalog.h"

int main() { return cowbench::SubjectMain(cowbench::workload::MakeCatalog()); }
