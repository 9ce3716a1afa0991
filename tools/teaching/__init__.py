"""What a class needs: a graded course, slides, a zip; and the notebooks in Colab."""
