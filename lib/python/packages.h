#ifndef COWBENCH_LIB_PYTHON_PACKAGES_H_
#define COWBENCH_LIB_PYTHON_PACKAGES_H_

#include <string>

namespace cowbench::python {

// What the memory of an interpreter depends on besides its version: the
// packages that layouts import, and the names in the folder of the standard
// library, which an import reads. Such as "numpy 1.24.2, library 5f3a09c1"; ""
// if /usr/bin/python3 cannot be run.
std::string Packages();

}  // namespace cowbench::python

#endif  // COWBENCH_LIB_PYTHON_PACKAGES_H_
