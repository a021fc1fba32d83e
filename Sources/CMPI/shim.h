#pragma once
#include <mpi.h>
#include <stddef.h>
// MPI's constants are macros over casts, which Swift cannot import.
static inline MPI_Comm orrery_comm_world(void) { return MPI_COMM_WORLD; }
static inline MPI_Comm orrery_comm_null(void) { return MPI_COMM_NULL; }
static inline MPI_Datatype orrery_byte(void) { return MPI_BYTE; }
static inline MPI_Datatype orrery_float(void) { return MPI_FLOAT; }
static inline MPI_Datatype orrery_double(void) { return MPI_DOUBLE; }
static inline MPI_Op orrery_sum(void) { return MPI_SUM; }
static inline void *orrery_in_place(void) { return MPI_IN_PLACE; }
static inline MPI_Request orrery_request_null(void) { return MPI_REQUEST_NULL; }
static inline MPI_Status *orrery_status_ignore(void) { return MPI_STATUS_IGNORE; }
static inline MPI_Status *orrery_statuses_ignore(void) { return MPI_STATUSES_IGNORE; }
static inline int orrery_thread_funneled(void) { return MPI_THREAD_FUNNELED; }
static inline int orrery_initialized(void) { int flag = 0; MPI_Initialized(&flag); return flag; }
// Errors come back as codes instead of ending the process; communicators made of this one inherit it.
static inline int orrery_return_errors(MPI_Comm comm) { return MPI_Comm_set_errhandler(comm, MPI_ERRORS_RETURN); }
// The largest tag that a message may have; the standard promises 32767.
static inline int orrery_largest_tag(void) {
  int *value = NULL, found = 0;
  MPI_Comm_get_attr(MPI_COMM_WORLD, MPI_TAG_UB, &value, &found);
  return found ? *value : 32767;
}
