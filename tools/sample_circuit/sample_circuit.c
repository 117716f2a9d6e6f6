/* Makes a circuit step by step: models, morphologies, cells, their populations, synapses. */
#include "sample_circuit/sample_circuit.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

si_result si_sample_circuit_make(const si_sample_plan *plan, si_sample_circuit *circuit,
                                 si_error *error)
{
    *circuit = (si_sample_circuit){.plan = *plan};
    SI_SAMPLE_TRY(si_sample_list_models(circuit, error));
    SI_SAMPLE_TRY(si_sample_grow_morphologies(circuit, error));
    SI_SAMPLE_TRY(si_sample_place_cells(circuit, error));
    si_sample_divide_cells(circuit);
    return si_sample_connect_cells(circuit, error);
}

void si_sample_circuit_free(si_sample_circuit *circuit)
{
    size_t count = circuit->plan.morphology_count;
    for (size_t i = 0; circuit->morphologies != NULL && i < count; i++)
        si_sample_morphology_free(&circuit->morphologies[i]);
    for (size_t i = si_sample_model_count; circuit->models != NULL && i < count; i++)
        free((char *)(uintptr_t)circuit->models[i].name);
    free(circuit->models);
    free(circuit->morphologies);
    free(circuit->cells);
    free(circuit->synapses);
    *circuit = (si_sample_circuit){0};
}

si_result si_sample_list_models(si_sample_circuit *circuit, si_error *error)
{
    circuit->models = calloc(circuit->plan.morphology_count, sizeof(*circuit->models));
    if (circuit->models == NULL)
        return si_sample_fail_memory(error);
    for (size_t i = 0; i < circuit->plan.morphology_count; i++) {
        const si_sample_model *model = &si_sample_models[i % si_sample_model_count];
        circuit->models[i] = *model;
        if (i < si_sample_model_count)
            continue;
        char *name = NULL;
        if (asprintf(&name, "%s_variant_%zu", model->name, i / si_sample_model_count) < 0)
            name = NULL;
        circuit->models[i].name = name;
        if (name == NULL)
            return si_sample_fail_memory(error);
    }
    return SI_OK;
}

static si_result grow_morphology(si_sample_morphology *morphology, const si_sample_model *model,
                                 si_sample_random *random, si_error *error)
{
    const si_sample_shape *shape = si_sample_mtypes[model->mtype].shape;
    morphology->name = model->name;
    si_sample_grow_soma(morphology, shape->soma_radius, random);
    for (size_t i = 0; i < shape->neurite_count; i++)
        SI_SAMPLE_TRY(si_sample_grow_neurites(morphology, &shape->neurites[i], random, error));
    return SI_OK;
}

si_result si_sample_grow_morphologies(si_sample_circuit *circuit, si_error *error)
{
    size_t count = circuit->plan.morphology_count;
    circuit->morphologies = calloc(count, sizeof(*circuit->morphologies));
    if (circuit->morphologies == NULL)
        return si_sample_fail_memory(error);
    for (size_t i = 0; i < count; i++) {
        si_sample_random random;
        si_sample_random_start(&random, circuit->plan.seed, SI_SAMPLE_FOR_MORPHOLOGY, i);
        SI_SAMPLE_TRY(
            grow_morphology(&circuit->morphologies[i], &circuit->models[i], &random, error));
    }
    return SI_OK;
}

size_t si_sample_virtual_cell_count(const si_sample_circuit *circuit)
{
    return circuit->plan.cell_count / 10 + 1;
}

static si_result write_morphology(const si_sample_morphology *morphology,
                                  const si_sample_model *model, const char *folder, si_error *error)
{
    char *path;
    if (asprintf(&path, "%s/%s%s", folder, model->name, model->suffix) < 0)
        return si_sample_fail_memory(error);
    si_result result = model->write(morphology, path, error);
    free(path);
    return result;
}

si_result si_sample_write_morphologies(const si_sample_circuit *circuit, const char *folder,
                                       si_error *error)
{
    if (mkdir(folder, 0777) != 0)
        return si_sample_fail_file(error, "create the folder", folder);
    for (size_t i = 0; i < circuit->plan.morphology_count; i++)
        SI_SAMPLE_TRY(
            write_morphology(&circuit->morphologies[i], &circuit->models[i], folder, error));
    return SI_OK;
}
