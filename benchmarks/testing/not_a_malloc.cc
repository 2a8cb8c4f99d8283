// A shared library without a malloc.
extern "C" int NotAMalloc() { return 0; }
