/* The tables of the catalogue. */
#include "sample_circuit/sample_types.h"

#define LENGTH(array) (sizeof(array) / sizeof((array)[0]))

#define UP                                                                                         \
    {                                                                                              \
        0, 1, 0                                                                                    \
    }
#define DOWN                                                                                       \
    {                                                                                              \
        0, -1, 0                                                                                   \
    }

enum { LAYER_1, LAYER_2, LAYER_4, LAYER_5, LAYER_6 };

const si_sample_layer si_sample_layers[] = {
    [LAYER_1] = {"1", 1080, SI_SAMPLE_COLUMN_TOP},
    [LAYER_2] = {"23", 780, 1080},
    [LAYER_4] = {"4", 630, 780},
    [LAYER_5] = {"5", 320, 630},
    [LAYER_6] = {"6", 0, 320},
};
const size_t si_sample_layer_count = LENGTH(si_sample_layers);

const char *const si_sample_synapse_classes[] = {
    [SI_SAMPLE_EXCITATORY] = "EXC",
    [SI_SAMPLE_INHIBITORY] = "INH",
};
const size_t si_sample_synapse_class_count = LENGTH(si_sample_synapse_classes);

/* clang-format off */
#define BASAL(stems_from, stems_to, far) \
    { .type = SI_SAMPLE_BASAL_DENDRITE, .fewest_stems = stems_from, .most_stems = stems_to, .heading = DOWN, \
      .spread = 1.6, .tropism = 0.01, .wiggle = 0.25, .section_length = 42, .reach = far, .branching = 0.72, \
      .radius = 0.85, .final_radius = 0.2, .step = 4 }
#define APICAL(trunk, far) \
    { .type = SI_SAMPLE_APICAL_DENDRITE, .fewest_stems = 1, .most_stems = 1, .heading = UP, \
      .spread = 0.1, .tropism = 0.05, .wiggle = 0.25, .trunk_length = trunk, .section_length = 48, .reach = far, \
      .branching = 0.68, .radius = 1.7, .final_radius = 0.25, .step = 4 }
#define DESCENDING_AXON(trunk, far) \
    { .type = SI_SAMPLE_AXON, .fewest_stems = 1, .most_stems = 1, .heading = DOWN, \
      .spread = 0.2, .tropism = 0.03, .wiggle = 0.35, .trunk_length = trunk, .section_length = 70, .reach = far, \
      .branching = 0.6, .radius = 0.45, .final_radius = 0.12, .step = 6 }
#define ASCENDING_AXON(trunk, far) \
    { .type = SI_SAMPLE_AXON, .fewest_stems = 1, .most_stems = 1, .heading = UP, \
      .spread = 0.4, .tropism = 0.04, .wiggle = 0.35, .trunk_length = trunk, .section_length = 60, .reach = far, \
      .branching = 0.7, .radius = 0.4, .final_radius = 0.12, .step = 5 }
#define LOCAL_AXON(length, far) \
    { .type = SI_SAMPLE_AXON, .fewest_stems = 1, .most_stems = 2, .heading = UP, \
      .spread = 10, .tropism = 0, .wiggle = 0.5, .section_length = length, .reach = far, .branching = 0.8, \
      .radius = 0.4, .final_radius = 0.12, .step = 5 }
#define AROUND(stems_from, stems_to, far) \
    { .type = SI_SAMPLE_BASAL_DENDRITE, .fewest_stems = stems_from, .most_stems = stems_to, .heading = UP, \
      .spread = 10, .tropism = 0, .wiggle = 0.3, .section_length = 48, .reach = far, .branching = 0.66, \
      .radius = 0.7, .final_radius = 0.2, .step = 4 }

static const si_sample_shape neurogliaform = {5.5, 2, {LOCAL_AXON(30, 230), AROUND(5, 7, 110)}};
static const si_sample_shape upper_pyramid = {7.5, 3, {DESCENDING_AXON(420, 800), BASAL(4, 6, 170), APICAL(170, 320)}};
static const si_sample_shape basket = {7, 2, {LOCAL_AXON(52, 420), AROUND(4, 6, 200)}};
static const si_sample_shape stellate = {6.5, 2, {ASCENDING_AXON(220, 480), AROUND(5, 7, 160)}};
static const si_sample_shape middle_pyramid = {7, 3, {DESCENDING_AXON(300, 640), BASAL(4, 5, 150), APICAL(330, 470)}};
static const si_sample_shape tufted_pyramid = {9.5, 3, {DESCENDING_AXON(380, 760), BASAL(5, 7, 210), APICAL(470, 700)}};
static const si_sample_shape martinotti = {6.5, 2, {ASCENDING_AXON(480, 760), AROUND(4, 5, 190)}};
static const si_sample_shape lower_pyramid = {7, 3, {DESCENDING_AXON(160, 560), BASAL(4, 6, 160), APICAL(310, 430)}};

enum { L1_NGC, L23_PC, L23_LBC, L4_SSC, L4_TPC, L4_NBC, L5_TTPC, L5_MC, L6_TPC, L6_LBC };

const si_sample_mtype si_sample_mtypes[] = {
    [L1_NGC]  = {"L1_NGC",  "cNAC",  LAYER_1, SI_SAMPLE_INHIBITORY, &neurogliaform},
    [L23_PC]  = {"L23_PC",  "cADpyr", LAYER_2, SI_SAMPLE_EXCITATORY, &upper_pyramid},
    [L23_LBC] = {"L23_LBC", "dNAC",  LAYER_2, SI_SAMPLE_INHIBITORY, &basket},
    [L4_SSC]  = {"L4_SSC",  "cADpyr", LAYER_4, SI_SAMPLE_EXCITATORY, &stellate},
    [L4_TPC]  = {"L4_TPC",  "cADpyr", LAYER_4, SI_SAMPLE_EXCITATORY, &middle_pyramid},
    [L4_NBC]  = {"L4_NBC",  "dNAC",  LAYER_4, SI_SAMPLE_INHIBITORY, &basket},
    [L5_TTPC] = {"L5_TTPC", "cADpyr", LAYER_5, SI_SAMPLE_EXCITATORY, &tufted_pyramid},
    [L5_MC]   = {"L5_MC",   "cACint", LAYER_5, SI_SAMPLE_INHIBITORY, &martinotti},
    [L6_TPC]  = {"L6_TPC",  "cADpyr", LAYER_6, SI_SAMPLE_EXCITATORY, &lower_pyramid},
    [L6_LBC]  = {"L6_LBC",  "dNAC",  LAYER_6, SI_SAMPLE_INHIBITORY, &basket},
};
const size_t si_sample_mtype_count = LENGTH(si_sample_mtypes);

const si_sample_model si_sample_models[] = {
    {"L1_NGC_1",  ".asc", si_sample_write_asc,             L1_NGC,   3},
    {"L23_PC_1",  ".swc", si_sample_write_swc,             L23_PC,  15},
    {"L23_PC_2",  ".asc", si_sample_write_asc,             L23_PC,  12},
    {"L23_LBC_1", ".h5",  si_sample_write_hdf5_morphology, L23_LBC,  5},
    {"L4_SSC_1",  ".swc", si_sample_write_swc,             L4_SSC,   6},
    {"L4_TPC_1",  ".h5",  si_sample_write_hdf5_morphology, L4_TPC,  10},
    {"L4_NBC_1",  ".asc", si_sample_write_asc,             L4_NBC,   3},
    {"L5_TTPC_1", ".h5",  si_sample_write_hdf5_morphology, L5_TTPC, 10},
    {"L5_TTPC_2", ".swc", si_sample_write_swc,             L5_TTPC,  8},
    {"L5_MC_1",   ".swc", si_sample_write_swc,             L5_MC,    4},
    {"L6_TPC_1",  ".asc", si_sample_write_asc,             L6_TPC,  19},
    {"L6_LBC_1",  ".h5",  si_sample_write_hdf5_morphology, L6_LBC,   5},
};
/* clang-format on */
const size_t si_sample_model_count = LENGTH(si_sample_models);
